// SPDX-License-Identifier: Apache-2.0
// What a policy of each role must offer. A type of your own that models one of these, and names
// its role, can be given to instance_pool like those of the library.
//
// A policy that does not is refused with one line, which names the role and the hook, what was
// expected and what was found. A hook is an operation, a constant or a type. An operation has just
// the signature that is written here, since arguments that can be converted could be cut short. It
// may be const, static or noexcept where that is not asked for, and inherited; it is not overloaded,
// and no template but where one stands here. A hook in another class, or one that is there and not
// listed, is refused, so a tracker, a budget and a reset policy, which list theirs, may not be final.
// Most hooks are asked of each
// policy of the role. Those of dirty/hook.hpp, budget/hook.hpp and reset/hook.hpp a policy may do
// without: it lists those that it has (provides.hpp), so that one of a wrong name or signature is
// an error, and not a hook that is silently never called. An observer is told all events, or those
// that it lists (observe/told.hpp).
#pragma once

#include <concepts>
#include <cstddef>
#include <palimpsest/pool/contracts.hpp>
#include <palimpsest/pool/role.hpp>

namespace palimpsest {

/// A type that names a role.
template <class Type>
concept policy = requires { typename Type::role; };

/// What the pool gives a reset policy: the slot to be reset. Each operation is noexcept, and false
/// when it failed.
template <class Type>
concept resettable_slot = requires(Type& slot) {
    { slot.restore() } -> std::same_as<bool>;
    { slot.decommit() } -> std::same_as<bool>;
    { slot.remap() } -> std::same_as<bool>;
    { slot.index() } -> std::same_as<std::size_t>;
};

/// What the pool gives a growth policy: a memory. Sizes are in bytes, whole pages.
template <class Type>
concept growable_memory = requires(Type& memory, std::size_t bytes) {
    { memory.accessible() } -> std::same_as<std::size_t>;
    { memory.maximum() } -> std::same_as<std::size_t>;
    { memory.open_to(bytes) } -> std::same_as<bool>;
    { memory.close_to(bytes) } -> std::same_as<bool>;
};

/// Finds dirty pages. `tracker<System>` is made once a pool, its `slot_data` once a slot.
/// `collect` gives the sink every page of the spans, from an address on, whose contents may differ
/// from the image, in order of address, and stops where the sink accepts fewer pages than it was
/// given. Which of the hooks of dirty/hook.hpp it has, the tracker lists in `provided_hooks`.
//
//     static constexpr bool finds_every_resident_page;
//     template <class System> class tracker {
//         using provided_hooks = provides<...>;
//         class slot_data;
//         tracker(System&, const slot_layout&);
//         template <class Sink> found collect(slot_data&, spans, std::uintptr_t from,
//                                             std::size_t most_pages, Sink&&) noexcept;
//     };
template <class Policy>
concept dirty_policy = detail::models_role<Policy, role::dirty>;

/// Resets a slot, by the operations of resettable_slot; false makes the pool decommit it. It lists
/// in `provided_hooks` whether it has the one of reset/hook.hpp.
//
//     using provided_hooks = provides<...>;
//     static constexpr bool finds_dirty_pages;
//     template <class Slot> static bool reset(Slot&) noexcept;
template <class Policy>
concept reset_policy = detail::models_role<Policy, role::reset>;

/// Grants pages to a reset. A purse is opened for each, on the slot's account.
/// `most_bytes(entities, slots)` is what all slots together can have restored. `provided_hooks` says
/// whether it has the hook of budget/hook.hpp.
//
//     using provided_hooks = provides<...>;
//     class account;
//     static std::size_t most_bytes(std::size_t entities, std::size_t slots);
//     class purse {
//         purse(budget&, account&);
//         std::size_t most();
//         std::size_t take(std::size_t entity, std::size_t pages);
//         void put_back(std::size_t entity, std::size_t pages);
//         static constexpr bool next_entity_may_have_more;
//     };
template <class Policy>
concept budget_policy = detail::models_role<Policy, role::budget>;

/// Names the bytes that a free slot may keep resident.
//
//     static constexpr std::size_t bytes;
template <class Policy>
concept idle_cap_policy = detail::models_role<Policy, role::idle_cap>;

/// Keeps free slots and chooses among them.
//
//     class free_list {
//         static constexpr std::size_t stages;
//         free_list(std::size_t slots);
//         void put(std::size_t slot, std::uint64_t image) noexcept;
//         std::optional<std::size_t> take(std::uint64_t image, std::size_t stage) noexcept;
//         std::optional<std::size_t> oldest_warm() noexcept;
//         std::optional<std::size_t> take_oldest_warm() noexcept;
//     };
template <class Policy>
concept reuse_policy = detail::models_role<Policy, role::reuse>;

/// Names the number of free slots that may stay warm.
//
//     static constexpr std::size_t slots;
template <class Policy>
concept warm_limit_policy = detail::models_role<Policy, role::warm_limit>;

/// Says how free slots are shared between threads.
//
//     class mutex;  // lock() and unlock()
//     static std::size_t shards(std::size_t slots);
//     static std::size_t home(std::size_t shards);
template <class Policy>
concept threading_policy = detail::models_role<Policy, role::threading>;

/// Makes a memory larger, and puts it back, by the operations of growable_memory.
//
//     template <class Memory> static bool grow(Memory&, std::size_t bytes) noexcept;
//     template <class Memory> static bool put_back(Memory&, std::size_t bytes) noexcept;
template <class Policy>
concept growth_policy = detail::models_role<Policy, role::growth>;

/// Sees every event of observe/event.hpp, or those in its list `sees`, on the thread on which it
/// happens. A template for the rest is the only one, and not constrained (observe/told.hpp).
//
//     void see(const event::acquired&) noexcept;  // and so on
//     template <class Event> void see(const Event&) noexcept;  // for the rest
template <class Policy>
concept observe_policy = detail::models_role<Policy, role::observe>;

/// Runs every call of os/, and gives what the call gives. An overload for one call takes the call
/// and its arguments by value (system/calls.hpp).
//
//     template <os::Call Call, class... Arguments>
//     auto operator()(Call, Arguments&&...) const noexcept;
template <class Policy>
concept system_policy = detail::models_role<Policy, role::system>;

}  // namespace palimpsest
