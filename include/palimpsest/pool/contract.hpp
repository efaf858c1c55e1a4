// How a policy is compared with what its role expects, and how what differs becomes one line. What
// is expected stands in concepts.hpp and dirty/contract.hpp.
#pragma once

#include <palimpsest/pool/provides.hpp>
#include <type_traits>

namespace palimpsest::detail {

// What was found, where that is no type of the policy's.
struct no_such_member;
struct private_overloaded_or_a_template;
template <class Result, bool Throws>
struct call_that_gives;

/// Compilers print its arguments when it is asserted: who differs, and the type that was found.
template <class Policy, class Found>
inline constexpr bool is_as_expected = false;

template <class Type>
struct found_type {
    using type = Type;
};

/// The function type of a pointer to it, static or not, taken apart.
template <class Function>
struct signature {
    using type = void;
    static constexpr bool is_const = false;
    static constexpr bool is_noexcept = false;
};
template <class Result, class... Parameters>
struct signature<Result(Parameters...)> {
    using type = Result(Parameters...);
    static constexpr bool is_const = false;
    static constexpr bool is_noexcept = false;
};
template <class Result, class... Parameters>
struct signature<Result(Parameters...) noexcept> : signature<Result(Parameters...)> {
    static constexpr bool is_noexcept = true;
};
template <class Result, class... Parameters>
struct signature<Result(Parameters...) const> : signature<Result(Parameters...)> {
    static constexpr bool is_const = true;
};
template <class Result, class... Parameters>
struct signature<Result(Parameters...) const noexcept> : signature<Result(Parameters...)> {
    static constexpr bool is_const = true;
    static constexpr bool is_noexcept = true;
};

/// Whether a member may stand where `Expected` is called: the same parameters and result, noexcept
/// where that is, and const, or static, where the object it is called on is.
template <class Expected, class Pointer>
inline constexpr bool has_signature = false;
template <class Expected, class Function, class Class>
inline constexpr bool has_signature<Expected, Function Class::*> =
    std::is_same_v<typename signature<Expected>::type, typename signature<Function>::type> &&
    (signature<Function>::is_const || !signature<Expected>::is_const) &&
    (signature<Function>::is_noexcept || !signature<Expected>::is_noexcept);
template <class Expected, class Function>
inline constexpr bool has_signature<Expected, Function*> =
    std::is_same_v<typename signature<Expected>::type, typename signature<Function>::type> &&
    (signature<Function>::is_noexcept || !signature<Expected>::is_noexcept);

/// A value known when compiling.
template <auto Value>
struct constant {};

/// Whether a class may be asked for its members' names, which takes deriving from it.
template <class Owner>
inline constexpr bool tells_names = std::is_class_v<Owner> && !std::is_final_v<Owner>;

// static_assert takes a literal only, so what names a role or a member is put together here.
#define PALIMPSEST_DIFFERS(role, text)                                                             \
    "palimpsest: this policy for the role '" #role "' does not model the concept " #role           \
    "_policy: " text
#define PALIMPSEST_DIFFERS_IN(role, name, expected, found)                                         \
    PALIMPSEST_DIFFERS(role, "hook '" #name "': expected " expected "; found " found)

// The members of a contract about one member of a policy, or of a class of the policy's: `in` finds
// it by name, whatever it is and whoever may use it, since a name that two bases have is ambiguous.
// `differs` and `not_listed` stop with one line. `Argument` is for the first template parameter.
#define PALIMPSEST_EXPECTS(role, name, expected)                                                   \
    struct named {                                                                                 \
        int name;                                                                                  \
    };                                                                                             \
    template <class Owner>                                                                         \
    struct also_named : Owner, named {};                                                           \
    template <class Owner>                                                                         \
    static constexpr bool in = !requires { &also_named<Owner>::name; };                            \
                                                                                                   \
    template <class Owner, class Argument>                                                         \
    static constexpr auto found_in() {                                                             \
        if constexpr (requires { &Owner::name; })                                                  \
            return found_type<decltype(&Owner::name)>{};                                           \
        else if constexpr (requires { &Owner::template name<Argument>; })                          \
            return found_type<decltype(&Owner::template name<Argument>)>{};                        \
        else if constexpr (requires { typename Owner::name; })                                     \
            return found_type<typename Owner::name>{};                                             \
        else                                                                                       \
            return found_type<private_overloaded_or_a_template>{};                                 \
    }                                                                                              \
    template <class Owner, class Argument = void>                                                  \
    static constexpr void differs() {                                                              \
        using found = typename decltype(found_in<Owner, Argument>())::type;                        \
        constexpr bool is_there = [] {                                                             \
            if constexpr (tells_names<Owner>)                                                      \
                return in<Owner>;                                                                  \
            else                                                                                   \
                return !std::is_same_v<found, private_overloaded_or_a_template>;                   \
        }();                                                                                       \
        if constexpr (is_there)                                                                    \
            static_assert(is_as_expected<Owner, found>,                                            \
                          PALIMPSEST_DIFFERS_IN(role, name, expected,                              \
                                                "one that differs, or that is private"));          \
        else                                                                                       \
            static_assert(is_as_expected<Owner, no_such_member>,                                   \
                          PALIMPSEST_DIFFERS_IN(role, name, expected, "none"));                    \
    }                                                                                              \
    template <class Owner>                                                                         \
    static constexpr void not_listed() {                                                           \
        if constexpr (tells_names<Owner>)                                                          \
            static_assert(!in<Owner>,                                                              \
                          PALIMPSEST_DIFFERS_IN(role, name, expected " in `provided_hooks`",       \
                                                "one that is not listed, and never called"));      \
        else                                                                                       \
            static_assert(tells_names<Owner>,                                                      \
                          PALIMPSEST_DIFFERS_IN(role, name, "a class that is not final",           \
                                                "one that is, and could hide a hook"));            \
    }                                                                                              \
    template <class Owner>                                                                         \
    static constexpr bool absent_in() {                                                            \
        if constexpr (tells_names<Owner>)                                                          \
            return !in<Owner>;                                                                     \
        else                                                                                       \
            return false;                                                                          \
    }

// The rest of the contract of a member that every policy has: of the class `Owner`.
#define PALIMPSEST_HAS(Owner, Argument)                                                            \
    template <class Policy>                                                                        \
    static constexpr void explain() {                                                              \
        differs<Owner, Argument>();                                                                \
    }

// The rest of the contract of a hook: of the class `Owner`, where `Lists` lists it. `right_in` says
// whether it is as expected.
#define PALIMPSEST_MAY_HAVE(Hook, Lists, Owner, Argument)                                          \
    template <class Policy>                                                                        \
    static constexpr bool is_kept_by() {                                                           \
        if constexpr (has_hook<Lists, Hook>)                                                       \
            return right_in<Policy>;                                                               \
        else                                                                                       \
            return absent_in<Owner>();                                                             \
    }                                                                                              \
    template <class Policy>                                                                        \
    static constexpr bool kept_by = is_kept_by<Policy>();                                          \
    template <class Policy>                                                                        \
    static constexpr void explain() {                                                              \
        if constexpr (has_hook<Lists, Hook>)                                                       \
            differs<Owner, Argument>();                                                            \
        else                                                                                       \
            not_listed<Owner>();                                                                   \
    }

/// What is expected of one hook that a policy may have or not. As of those that all have, it tells
/// `kept_by<Policy>`, which asks no more than it must, and `explain<Policy>()` stops with one line.
template <class Hook>
struct hook_contract;

template <class... Contracts>
struct contracts {};

/// Whether a policy keeps to all of them.
template <class Policy, class Contracts>
inline constexpr bool keeps = false;
template <class Policy, class... Contracts>
inline constexpr bool keeps<Policy, contracts<Contracts...>> =
    (... && Contracts::template kept_by<Policy>);

/// Stops at the first that it does not keep to.
template <class Policy, class First, class... Rest>
constexpr void explain_first(contracts<First, Rest...>) {
    if constexpr (!First::template kept_by<Policy>)
        First::template explain<Policy>();
    else
        explain_first<Policy>(contracts<Rest...>{});
}

/// Whether a list of hooks is one, and holds none but those of `Contracts`.
template <class List, class Contracts>
inline constexpr bool is_hook_list = false;
template <class... Hooks, class... Contracts>
inline constexpr bool is_hook_list<provides<Hooks...>, contracts<Contracts...>> =
    (... && lists<hook_contract<Hooks>, provides<Contracts...>>);

/// What a policy of a role keeps to: what is `required` of each, then the `list` of its hooks, then
/// the `hooks`. What comes later may rest on what came before.
template <class Role>
struct contracts_of;
struct no_hooks {
    using list = contracts<>;
    using hooks = contracts<>;
};

template <class Policy, class Role>
concept models = keeps<Policy, typename contracts_of<Role>::required> &&
                 keeps<Policy, typename contracts_of<Role>::list> &&
                 keeps<Policy, typename contracts_of<Role>::hooks>;

template <class Policy, class Role>
concept policy_for = requires { requires std::is_same_v<typename Policy::role, Role>; };

/// Whether each of the policies that one wraps models the concept of its role.
template <class List, class Role>
inline constexpr bool all_model = false;
template <class Policy, class Role>
concept wraps_models = !requires { typename Policy::wraps; } ||
                       all_model<typename Policy::wraps, Role>;

/// Whether a policy, and each that it wraps, is as its role expects.
template <class Policy, class Role>
concept models_role = wraps_models<Policy, Role> && models<Policy, Role>;

template <class Policy, class Role>
concept is_of_role = policy_for<Policy, Role> && models_role<Policy, Role>;
template <class... Policies, class Role>
inline constexpr bool all_model<policies<Policies...>, Role> = (... && is_of_role<Policies, Role>);

}  // namespace palimpsest::detail
