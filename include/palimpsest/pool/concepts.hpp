// SPDX-License-Identifier: Apache-2.0
// The requirements on a policy of each role. A type of your own that models one of these concepts,
// and names its role, can be given to instance_pool like the library's policies.
//
// A policy that does not model its concept is refused with one line, which names the role and the
// hook, what was expected and what was found. A hook is an operation, a constant or a type. An
// operation must have exactly the signature that is written here, since converting arguments could
// truncate them. It may be const, static or noexcept even if that is not required, and it may be
// inherited. It must not be overloaded, and it may be a template only if it is one here. A hook in
// another class is refused, and so is a hook that exists but is not listed. To find these, the pool
// must be able to derive from a class that lists its hooks, so a tracker, a budget and a reset
// policy may not be final.
//
// Most hooks are required of each policy of the role. The hooks of dirty/hook.hpp, budget/hook.hpp
// and reset/hook.hpp are optional: a policy lists those that it has (provides.hpp), so that a hook
// with a wrong name or signature is an error and not silently never called. An observer is told of
// all events, or of those that it lists (observe/event.hpp).
#pragma once

#include <concepts>
#include <cstddef>
#include <palimpsest/pool/detail/contract/budget.hpp>
#include <palimpsest/pool/detail/contract/contract.hpp>
#include <palimpsest/pool/detail/contract/dirty.hpp>
#include <palimpsest/pool/detail/contract/growth.hpp>
#include <palimpsest/pool/detail/contract/idle_cap.hpp>
#include <palimpsest/pool/detail/contract/observe.hpp>
#include <palimpsest/pool/detail/contract/reset.hpp>
#include <palimpsest/pool/detail/contract/reuse.hpp>
#include <palimpsest/pool/detail/contract/system.hpp>
#include <palimpsest/pool/detail/contract/threading.hpp>
#include <palimpsest/pool/detail/contract/warm_limit.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest {

/// A policy: a type that names its role, for example by `using role = palimpsest::roles::reset;`.
template <class Type>
concept policy = requires { typename Type::role; };

/// The slot to be reset, as the pool gives it to a reset policy. `restore`, `decommit` and `remap`
/// are noexcept, and return false if they fail; `index` is the slot's number in the pool.
template <class Type>
concept resettable_slot = requires(Type& slot) {
    { slot.restore() } -> std::same_as<bool>;
    { slot.decommit() } -> std::same_as<bool>;
    { slot.remap() } -> std::same_as<bool>;
    { slot.index() } -> std::same_as<std::size_t>;
};

/// A linear memory, as the pool gives it to a growth policy. Sizes are in bytes, whole pages.
template <class Type>
concept growable_memory = requires(Type& memory, std::size_t bytes) {
    { memory.accessible() } -> std::same_as<std::size_t>;
    { memory.maximum() } -> std::same_as<std::size_t>;
    { memory.open_to(bytes) } -> std::same_as<bool>;
    { memory.close_to(bytes) } -> std::same_as<bool>;
};

/// Finds dirty pages. The pool makes one `tracker<System>`, and one of its `slot_data` for each
/// slot. `collect` passes the sink every page of the spans, starting at `from`, whose contents may
/// differ from the image, in address order. It stops once the sink accepts fewer pages than it was
/// given. The tracker lists in `provided_hooks` which hooks of dirty/hook.hpp it has.
///
///     static constexpr bool finds_every_resident_page;
///     template <class System> class tracker {
///         using provided_hooks = provides<...>;
///         class slot_data;
///         tracker(System&, const slot_layout&);
///         template <class Sink> found collect(slot_data&, spans, std::uintptr_t from,
///                                             std::size_t most_pages, Sink&&) noexcept;
///     };
template <class Policy>
concept dirty_policy = detail::models_role<Policy, roles::dirty>;

/// Resets a slot with the operations of resettable_slot. If `reset` returns false, the pool
/// decommits the slot. The policy lists the hook of reset/hook.hpp in `provided_hooks` if it has
/// it. `finds_dirty_pages` says whether `reset` restores, and so needs a dirty policy.
///
///     using provided_hooks = provides<...>;
///     static constexpr bool finds_dirty_pages;
///     template <class Slot> static bool reset(Slot&) noexcept;
template <class Policy>
concept reset_policy = detail::models_role<Policy, roles::reset>;

/// Grants pages to a reset. The pool opens a `purse` for each reset, on the slot's `account`.
/// `take` returns how many of the wanted pages it grants, and `most` how many it could still grant.
/// `most_bytes(entities, slots)` is the most restored bytes that all slots together can hold.
/// `provided_hooks` lists the hook of budget/hook.hpp if the budget has it.
///
///     using provided_hooks = provides<...>;
///     class account;
///     static std::size_t most_bytes(std::size_t entities, std::size_t slots);
///     class purse {
///         purse(budget&, account&);
///         std::size_t most();
///         std::size_t take(std::size_t entity, std::size_t pages);
///         void put_back(std::size_t entity, std::size_t pages);
///         static constexpr bool next_entity_may_have_more;
///     };
template <class Policy>
concept budget_policy = detail::models_role<Policy, roles::budget>;

/// Says how many bytes a free slot may keep resident. A slot that exceeds this is decommitted
/// whole.
///
///     static constexpr std::size_t bytes;
template <class Policy>
concept idle_cap_policy = detail::models_role<Policy, roles::idle_cap>;

/// Keeps free slots and chooses among them. `image` is the number of the image that a slot is warm
/// for, 0 for a cold slot. The pool locks each list it asks. It asks all lists for stage 0, then
/// for stage 1, and so on; at the last stage a list must hand out any slot that it has.
///
///     class free_list {
///         static constexpr std::size_t stages;
///         free_list(std::size_t slots);
///         void put(std::size_t slot, std::uint64_t image) noexcept;
///         std::optional<std::size_t> take(std::uint64_t image, std::size_t stage) noexcept;
///         std::optional<std::size_t> oldest_warm() noexcept;
///         std::optional<std::size_t> take_oldest_warm() noexcept;
///     };
template <class Policy>
concept reuse_policy = detail::models_role<Policy, roles::reuse>;

/// Says how many free slots of the pool may stay warm.
///
///     static constexpr std::size_t slots;
template <class Policy>
concept warm_limit_policy = detail::models_role<Policy, roles::warm_limit>;

/// Says how threads share the free slots: with which mutex, in how many lists (`shards`, 1 or
/// more), and which list is the calling thread's own (`home`, below the number of shards).
///
///     class mutex;  // lock() and unlock()
///     static std::size_t shards(std::size_t slots);
///     static std::size_t home(std::size_t shards);
template <class Policy>
concept threading_policy = detail::models_role<Policy, roles::threading>;

/// Makes a memory larger when the instance grows it, and restores its size in a reset, using the
/// operations of growable_memory. Sizes are in bytes, whole pages. Both return false if the kernel
/// refuses.
///
///     template <class Memory> static bool grow(Memory&, std::size_t bytes) noexcept;
///     template <class Memory> static bool put_back(Memory&, std::size_t bytes) noexcept;
template <class Policy>
concept growth_policy = detail::models_role<Policy, roles::growth>;

/// Sees every event, or those in its list `sees`, on the thread on which it happens. One template
/// may take the rest, and it must not be constrained: observe/event.hpp has the rules.
///
///     void see(const event::acquired&) noexcept;  // and so on
///     template <class Event> void see(const Event&) noexcept;  // for the rest
template <class Policy>
concept observe_policy = detail::models_role<Policy, roles::observe>;

/// Runs every system call of os/, and returns its result. An overload for one call must take the
/// call and its arguments by value.
///
///     template <os::Call Call, class... Arguments>
///     auto operator()(Call, Arguments&&...) const noexcept;
template <class Policy>
concept system_policy = detail::models_role<Policy, roles::system>;

}  // namespace palimpsest
