// SPDX-License-Identifier: Apache-2.0
// The expectations of each role, hook by hook. concepts.hpp says the same for authors of policies;
// the pool compares policies with the contracts here, and the lines of errors come from here.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/pool/budget/hook.hpp>
#include <palimpsest/pool/detail/contract/contract.hpp>
#include <palimpsest/pool/detail/contract/observe.hpp>
#include <palimpsest/pool/detail/contract/system.hpp>
#include <palimpsest/pool/detail/contract/tracker_hooks.hpp>
#include <palimpsest/pool/layout.hpp>
#include <palimpsest/pool/reset/hook.hpp>
#include <palimpsest/pool/roles.hpp>
#include <type_traits>
#include <utility>

namespace palimpsest::detail {

/// These types stand for the pool's own types where a contract asks what a policy does with them.
struct some_slot {
    bool restore() noexcept;
    bool decommit() noexcept;
    bool remap() noexcept;
    std::size_t index() const noexcept;
};
struct some_memory {
    std::size_t accessible() const noexcept;
    std::size_t maximum() const noexcept;
    bool open_to(std::size_t) noexcept;
    bool close_to(std::size_t) noexcept;
};

// Names the class that a contract is about.
#define PALIMPSEST_OF(Owner)                                                                       \
    template <class Policy>                                                                        \
    using owner = Owner;

// A constant of the class `Owner`, of exactly that type. The pool cannot use a number of another
// type, or one whose value is not known when compiling.
#define PALIMPSEST_CONSTANT(role, type, name, Owner)                                               \
    struct name {                                                                                  \
        PALIMPSEST_OF(Owner)                                                                       \
        PALIMPSEST_EXPECTS(role, name, "static constexpr " #type " " #name)                        \
        template <class Policy>                                                                    \
        static constexpr bool kept_by = requires {                                                 \
            requires std::same_as<decltype(Owner::name), const type>;                              \
            typename constant<Owner::name>;                                                        \
        };                                                                                         \
    }

// A function of the class `Owner` that has the expected signature by `compare`. A function that can
// be called with the same arguments is not enough, since they could be converted.
#define PALIMPSEST_COMPARES(role, name, Owner, expected, compare, ...)                             \
    struct name {                                                                                  \
        PALIMPSEST_OF(Owner)                                                                       \
        PALIMPSEST_EXPECTS(role, name, expected)                                                   \
        template <class Policy>                                                                    \
        static constexpr bool kept_by =                                                            \
            requires { requires compare<__VA_ARGS__, decltype(&Owner::name)>; };                   \
    }
#define PALIMPSEST_FUNCTION(role, name, Owner, expected, ...)                                      \
    PALIMPSEST_COMPARES(role, name, Owner, expected, has_signature, __VA_ARGS__)
#define PALIMPSEST_STATIC_FUNCTION(role, name, Owner, expected, ...)                               \
    PALIMPSEST_COMPARES(role, name, Owner, expected, has_static_signature, __VA_ARGS__)

// A static function template of the policy, asked with a type that stands for the pool's own.
#define PALIMPSEST_STATIC_TEMPLATE(role, name, some, expected, call, ...)                          \
    struct name : of_the_policy {                                                                  \
        PALIMPSEST_EXPECTS_TEMPLATE(role, name, some, expected)                                    \
        template <class Policy>                                                                    \
        static constexpr bool kept_by = requires(Policy* policy, some& given) {                    \
            requires has_static_signature<__VA_ARGS__, typename decltype(find(policy))::type>;     \
            Policy::name call;                                                                     \
        };                                                                                         \
    }

// A condition without a signature: that there is a class, or that something can be constructed.
// `Owner` is the class that lacks it.
#define PALIMPSEST_CONDITION(role, contract, name, Owner, condition, expected)                     \
    struct contract {                                                                              \
        PALIMPSEST_OF(Owner)                                                                       \
        PALIMPSEST_STOPS(role, name, expected)                                                     \
        template <class Policy>                                                                    \
        static constexpr bool kept_by = requires { requires condition; };                          \
    }

// The condition that an object of `Owner` can be default-constructed.
#define PALIMPSEST_DEFAULT(role, contract, name, Owner)                                            \
    PALIMPSEST_CONDITION(role, contract, name, Policy, std::default_initializable<Owner>,          \
                         "a default constructor of `" #name "`")

// The list of hooks in the class `Lists`, which may hold those in `Hooks`.
#define PALIMPSEST_HOOK_LIST(role, Lists, Hooks, where)                                            \
    struct provided_hooks {                                                                        \
        PALIMPSEST_OF(Lists)                                                                       \
        PALIMPSEST_EXPECTS(role, provided_hooks,                                                   \
                           "`using provided_hooks = palimpsest::provides<...>;`" where             \
                           ", with those of " #role "/hook.hpp that it has")                       \
        template <class Owner>                                                                     \
        static found_type<typename Owner::provided_hooks> find(Owner*);                            \
        template <class Policy>                                                                    \
        static constexpr bool is_kept_by() {                                                       \
            if constexpr (!can_be_base<Lists>)                                                     \
                return false;                                                                      \
            else if constexpr (requires { typename Lists::provided_hooks; })                       \
                return is_hook_list<typename Lists::provided_hooks, Hooks>;                        \
            else                                                                                   \
                return false;                                                                      \
        }                                                                                          \
        template <class Policy>                                                                    \
        static constexpr bool kept_by = is_kept_by<Policy>();                                      \
        template <class Policy>                                                                    \
        static constexpr void explain() {                                                          \
            static_assert(can_be_base<Lists>,                                                      \
                          PALIMPSEST_DIFFERS_IN(role, provided_hooks, "a class that is not final", \
                                                "one that is, and could hide a hook"));            \
            if constexpr (can_be_base<Lists>) stop_at_member<provided_hooks, Lists>();             \
        }                                                                                          \
    }

/// Finding dirty pages.
namespace of_dirty {

PALIMPSEST_CONSTANT(dirty, bool, finds_every_resident_page, Policy);

PALIMPSEST_CONDITION(dirty, tracker, tracker, Policy, std::is_class_v<tracker_of<Policy>>,
                     "template <class System> class tracker");
PALIMPSEST_CONDITION(dirty, slot_data, slot_data, tracker_of<Policy>,
                     std::default_initializable<typename tracker_of<Policy>::slot_data>,
                     "class slot_data with a default constructor, in the tracker");
PALIMPSEST_CONDITION(
    dirty, constructor, tracker, tracker_of<Policy>,
    (std::constructible_from<tracker_of<Policy>, some_system&, const slot_layout&>),
    "tracker(System&, const slot_layout&)");

struct collect {
    PALIMPSEST_OF(tracker_of<Policy>)
    PALIMPSEST_EXPECTS_TEMPLATE(
        dirty, collect, some_sink,
        "template <class Sink> found collect(slot_data&, spans, std::uintptr_t "
        "from, std::size_t most_pages, Sink&&) noexcept")
    template <class Policy>
    static constexpr bool is_exact = requires(tracker_of<Policy>& tracker) {
        requires has_signature<dirty::found(slot_data_of<Policy>&, dirty::spans, std::uintptr_t,
                                            std::size_t, some_sink&&) noexcept,
                               typename decltype(find(&tracker))::type>;
    };
    /// A template of all arguments, which passes them on and so converts none.
    template <class Policy>
    static constexpr bool passes_on = requires {
        requires has_signature<dirty::found(slot_data_of<Policy>&, dirty::spans&&, std::uintptr_t&&,
                                            std::size_t&&, some_sink&) noexcept,
                               decltype(&tracker_of<Policy>::template collect<
                                        slot_data_of<Policy>&, dirty::spans, std::uintptr_t,
                                        std::size_t, some_sink&>)>;
    };
    template <class Policy>
    static constexpr bool is_called =
        requires(tracker_of<Policy>& tracker, slot_data_of<Policy>& slot, some_sink& sink) {
            tracker.collect(slot, dirty::spans{}, std::uintptr_t{}, std::size_t{}, sink);
            tracker.collect(slot, dirty::spans{}, std::uintptr_t{}, std::size_t{}, some_sink{});
        };
    template <class Policy>
    static constexpr bool is_kept_by() {
        // First, since to look at such a template with one argument is an error in its body.
        if constexpr (passes_on<Policy>)
            return is_called<Policy>;
        else
            return is_exact<Policy> && is_called<Policy>;
    }
    template <class Policy>
    static constexpr bool kept_by = is_kept_by<Policy>();
};

PALIMPSEST_HOOK_LIST(dirty, tracker_of<Policy>, tracker_hooks, " in the tracker");

/// The condition that the policy itself has no list, since it would not be read there.
struct list_elsewhere : of_the_policy {
    template <class Policy>
    static constexpr bool kept_by = !is_named_in<provided_hooks, Policy>;
    template <class Policy>
    static constexpr void explain() {
        static_assert(is_as_expected<Policy, no_such_member>,
                      PALIMPSEST_DIFFERS_IN(dirty, provided_hooks, "one in the tracker",
                                            "one in the policy, where it is not read"));
    }
};

}  // namespace of_dirty

template <>
struct contracts_of<roles::dirty> {
    using required = contracts<of_dirty::finds_every_resident_page, of_dirty::tracker,
                               of_dirty::slot_data, of_dirty::constructor, of_dirty::collect>;
    using list = contracts<of_dirty::provided_hooks, of_dirty::list_elsewhere>;
    using hooks = tracker_hooks;
};

namespace of_reset {

PALIMPSEST_CONSTANT(reset, bool, finds_dirty_pages, Policy);

PALIMPSEST_STATIC_TEMPLATE(reset, reset, some_slot,
                           "template <class Slot> static bool reset(Slot&) noexcept", (given),
                           bool(some_slot&) noexcept);

}  // namespace of_reset

template <>
struct hook_contract<reset::hook::batch> : of_the_policy {
    PALIMPSEST_EXPECTS(reset, batch, "static constexpr std::size_t batch, 1 or more")
    PALIMPSEST_MAY_BE_LISTED(reset, batch, "static constexpr std::size_t batch, 1 or more")
    template <class Policy>
    static constexpr bool right_in = requires {
        requires std::same_as<decltype(Policy::batch), const std::size_t>;
        typename constant<Policy::batch>;
        requires(Policy::batch > 0);
    };
};

namespace of_reset {

using all_hooks = contracts<hook_contract<palimpsest::reset::hook::batch>>;
PALIMPSEST_HOOK_LIST(reset, Policy, all_hooks, "");

}  // namespace of_reset

template <>
struct contracts_of<roles::reset> {
    using required = contracts<of_reset::finds_dirty_pages, of_reset::reset>;
    using list = contracts<of_reset::provided_hooks>;
    using hooks = of_reset::all_hooks;
};

namespace of_budget {

template <class Policy>
using account_of = typename Policy::account;
template <class Policy>
using purse_of = typename Policy::purse;

PALIMPSEST_DEFAULT(budget, itself, constructor, Policy);
PALIMPSEST_CONDITION(budget, account, account, Policy,
                     std::default_initializable<account_of<Policy>>,
                     "class account with a default constructor");
PALIMPSEST_CONDITION(budget, purse, purse, Policy,
                     (std::constructible_from<purse_of<Policy>, Policy&, account_of<Policy>&>),
                     "class purse, made of (budget&, account&)");

PALIMPSEST_STATIC_FUNCTION(budget, most_bytes, Policy,
                           "static std::size_t most_bytes(std::size_t entities, std::size_t slots)",
                           std::size_t(std::size_t, std::size_t));
PALIMPSEST_FUNCTION(budget, most, purse_of<Policy>, "std::size_t most() in the purse",
                    std::size_t());
PALIMPSEST_FUNCTION(budget, take, purse_of<Policy>,
                    "std::size_t take(std::size_t entity, std::size_t pages) in the purse",
                    std::size_t(std::size_t, std::size_t));
PALIMPSEST_FUNCTION(budget, put_back, purse_of<Policy>,
                    "void put_back(std::size_t entity, std::size_t pages) in the purse",
                    void(std::size_t, std::size_t));
PALIMPSEST_CONSTANT(budget, bool, next_entity_may_have_more, purse_of<Policy>);

}  // namespace of_budget

template <>
struct hook_contract<budget::hook::keeps> : of_the_policy {
    template <class Policy>
    using elsewhere = of_budget::purse_of<Policy>;
    PALIMPSEST_EXPECTS(budget, keeps, "bool keeps(account&, std::size_t resident) noexcept")
    PALIMPSEST_MAY_BE_LISTED(budget, keeps, "bool keeps(account&, std::size_t resident) noexcept")
    template <class Policy>
    static constexpr bool right_in = requires {
        requires has_signature<bool(typename Policy::account&, std::size_t) noexcept,
                               decltype(&Policy::keeps)>;
    };
};

namespace of_budget {

using all_hooks = contracts<hook_contract<palimpsest::budget::hook::keeps>>;
PALIMPSEST_HOOK_LIST(budget, Policy, all_hooks, "");

}  // namespace of_budget

template <>
struct contracts_of<roles::budget> {
    using required = contracts<of_budget::itself, of_budget::account, of_budget::purse,
                               of_budget::most_bytes, of_budget::most, of_budget::take,
                               of_budget::put_back, of_budget::next_entity_may_have_more>;
    using list = contracts<of_budget::provided_hooks>;
    using hooks = of_budget::all_hooks;
};

namespace of_idle_cap {

PALIMPSEST_CONSTANT(idle_cap, std::size_t, bytes, Policy);

}  // namespace of_idle_cap

template <>
struct contracts_of<roles::idle_cap> : no_hooks {
    using required = contracts<of_idle_cap::bytes>;
};

namespace of_warm_limit {

PALIMPSEST_CONSTANT(warm_limit, std::size_t, slots, Policy);

}  // namespace of_warm_limit

template <>
struct contracts_of<roles::warm_limit> : no_hooks {
    using required = contracts<of_warm_limit::slots>;
};

namespace of_reuse {

template <class Policy>
using list_of = typename Policy::free_list;

PALIMPSEST_CONDITION(reuse, free_list, free_list, Policy,
                     (std::constructible_from<list_of<Policy>, exactly<std::size_t>>),
                     "class free_list, made of the number of slots");
PALIMPSEST_CONSTANT(reuse, std::size_t, stages, list_of<Policy>);

PALIMPSEST_FUNCTION(reuse, put, list_of<Policy>,
                    "void put(std::size_t slot, std::uint64_t image) noexcept in free_list",
                    void(std::size_t, std::uint64_t) noexcept);
PALIMPSEST_FUNCTION(reuse, take, list_of<Policy>,
                    "std::optional<std::size_t> take(std::uint64_t image, std::size_t stage) "
                    "noexcept in free_list",
                    std::optional<std::size_t>(std::uint64_t, std::size_t) noexcept);
PALIMPSEST_FUNCTION(reuse, oldest_warm, list_of<Policy>,
                    "std::optional<std::size_t> oldest_warm() noexcept in free_list",
                    std::optional<std::size_t>() noexcept);
PALIMPSEST_FUNCTION(reuse, take_oldest_warm, list_of<Policy>,
                    "std::optional<std::size_t> take_oldest_warm() noexcept in free_list",
                    std::optional<std::size_t>() noexcept);

}  // namespace of_reuse

template <>
struct contracts_of<roles::reuse> : no_hooks {
    using required = contracts<of_reuse::free_list, of_reuse::stages, of_reuse::put, of_reuse::take,
                               of_reuse::oldest_warm, of_reuse::take_oldest_warm>;
};

namespace of_threading {

template <class Policy>
using mutex_of = typename Policy::mutex;

PALIMPSEST_CONDITION(threading, mutex, mutex, Policy, std::default_initializable<mutex_of<Policy>>,
                     "class mutex with a default constructor");

PALIMPSEST_FUNCTION(threading, lock, mutex_of<Policy>, "void lock() in the mutex", void());
PALIMPSEST_FUNCTION(threading, unlock, mutex_of<Policy>, "void unlock() in the mutex", void());
PALIMPSEST_STATIC_FUNCTION(threading, shards, Policy,
                           "static std::size_t shards(std::size_t slots)",
                           std::size_t(std::size_t));
PALIMPSEST_STATIC_FUNCTION(threading, home, Policy, "static std::size_t home(std::size_t shards)",
                           std::size_t(std::size_t));

}  // namespace of_threading

template <>
struct contracts_of<roles::threading> : no_hooks {
    using required = contracts<of_threading::mutex, of_threading::lock, of_threading::unlock,
                               of_threading::shards, of_threading::home>;
};

namespace of_growth {

PALIMPSEST_STATIC_TEMPLATE(
    growth, grow, some_memory,
    "template <class Memory> static bool grow(Memory&, std::size_t) noexcept",
    (given, std::size_t{}), bool(some_memory&, std::size_t) noexcept);
PALIMPSEST_STATIC_TEMPLATE(
    growth, put_back, some_memory,
    "template <class Memory> static bool put_back(Memory&, std::size_t) noexcept",
    (given, std::size_t{}), bool(some_memory&, std::size_t) noexcept);

}  // namespace of_growth

template <>
struct contracts_of<roles::growth> : no_hooks {
    using required = contracts<of_growth::grow, of_growth::put_back>;
};

namespace of_observe {

PALIMPSEST_DEFAULT(observe, itself, constructor, Policy);

struct sees : of_the_policy {
    PALIMPSEST_EXPECTS(observe, sees, "`using sees = palimpsest::event::list<...>;` of events")
    template <class Owner>
    static found_type<typename Owner::sees> find(Owner*);
    template <class Policy>
    static constexpr bool is_kept_by() {
        if constexpr (requires { typename Policy::sees; })
            return is_event_list<typename Policy::sees>;
        else if constexpr (can_be_base<Policy>)
            return !is_named_in<sees, Policy>;
        else
            return true;
    }
    template <class Policy>
    static constexpr bool kept_by = is_kept_by<Policy>();
};
struct see {
    template <class Policy>
    static constexpr bool kept_by = sees_events<Policy>;
    template <class Policy>
    static constexpr void explain() {
        explain_events<Policy>();
    }
};

}  // namespace of_observe

template <>
struct contracts_of<roles::observe> : no_hooks {
    using required = contracts<of_observe::itself, of_observe::sees, of_observe::see>;
};

namespace of_system {

PALIMPSEST_DEFAULT(system, itself, constructor, Policy);

struct calls {
    template <class Policy>
    static constexpr bool kept_by = runs_calls<Policy>;
    template <class Policy>
    static constexpr void explain() {
        explain_calls<Policy>();
    }
};

}  // namespace of_system

template <>
struct contracts_of<roles::system> : no_hooks {
    using required = contracts<of_system::itself, of_system::calls>;
};

#undef PALIMPSEST_CONSTANT
#undef PALIMPSEST_COMPARES
#undef PALIMPSEST_FUNCTION
#undef PALIMPSEST_STATIC_FUNCTION
#undef PALIMPSEST_STATIC_TEMPLATE
#undef PALIMPSEST_CONDITION
#undef PALIMPSEST_DEFAULT
#undef PALIMPSEST_HOOK_LIST
#undef PALIMPSEST_OF
#undef PALIMPSEST_EXPECTS
#undef PALIMPSEST_EXPECTS_TEMPLATE
#undef PALIMPSEST_FINDS
#undef PALIMPSEST_FINDS_TEMPLATE
#undef PALIMPSEST_LOOKS_FOR
#undef PALIMPSEST_STOPS
#undef PALIMPSEST_MAY_BE_LISTED
#undef PALIMPSEST_DIFFERS_IN
#undef PALIMPSEST_DIFFERS

template <class Role, class Policy>
constexpr void explain();

/// Stops at the first wrapped policy that is no policy of the role.
template <class Role, class Wrapper, class First, class... Rest>
constexpr void explain_wrapped(found_type<policies<First, Rest...>>) {
    if constexpr (may_be_wrapped<Wrapper, First, Role>)
        explain_wrapped<Role, Wrapper>(found_type<policies<Rest...>>{});
    else if constexpr (std::is_same_v<Wrapper, First>)
        Role::template wraps_another<Wrapper, policies<First>>();
    else if constexpr (policy_for<First, Role>)
        explain<Role, First>();
    else
        Role::template wraps_another<Wrapper, First>();
}
template <class Role, class Wrapper, class Other>
constexpr void explain_wrapped(found_type<Other>) {
    Role::template wraps_another<Wrapper, Other>();
}

/// Stops with one line for a policy that does not model the concept of its role, or for the first
/// policy that it wraps and that does not.
template <class Role, class Policy>
constexpr void explain() {
    using all = contracts_of<Role>;
    if constexpr (!wraps_models<Policy, Role>)
        explain_wrapped<Role, Policy>(found_type<typename Policy::wraps>{});
    else if constexpr (!keeps<Policy, typename all::required>)
        explain_first<Policy>(typename all::required{});
    else if constexpr (!keeps<Policy, typename all::list>)
        explain_first<Policy>(typename all::list{});
    else
        explain_first<Policy>(typename all::hooks{});
}

}  // namespace palimpsest::detail
