// SPDX-License-Identifier: Apache-2.0
// Compares a policy with the expectations of its role, and turns a difference into one line. The
// expectations stand in the headers beside.
#pragma once

#include <concepts>
#include <palimpsest/pool/detail/listed_hooks.hpp>
#include <palimpsest/pool/provides.hpp>
#include <type_traits>

namespace palimpsest::detail {

// These stand for a member that was found where it has no type to print.
struct no_such_member;
struct private_overloaded_or_a_template;
template <class Result, bool Throws>
struct call_that_gives;

/// Compilers print its arguments when it is asserted: the policy that differs, and the type that
/// was found.
template <class Policy, class Found, bool Value = false>
inline constexpr bool is_as_expected = Value;
template <class Found>
inline constexpr bool is_none = std::is_same_v<Found, no_such_member>;

template <class Type>
struct found_type {
    using type = Type;
};

/// Takes a function type apart, of a static or of another member.
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

/// The type to which a pointer to a member points.
template <class Pointer>
struct pointee;
template <class Member, class Class>
struct pointee<Member Class::*> {
    using type = Member;
};

/// Whether a member may stand where `Expected` is called. It must have the same parameters and
/// result, be noexcept where `Expected` is, and be const or static where `Expected` is const.
template <class Expected, class Pointer>
inline constexpr bool has_signature = false;
template <class Function, class Class>
inline constexpr bool has_signature<Function, Function Class::*> = true;
template <class Expected, class Function, class Class>
inline constexpr bool has_signature<Expected, Function Class::*> =
    std::is_same_v<typename signature<Expected>::type, typename signature<Function>::type> &&
    (signature<Function>::is_const || !signature<Expected>::is_const) &&
    (signature<Function>::is_noexcept || !signature<Expected>::is_noexcept);
template <class Expected, class Function>
inline constexpr bool has_signature<Expected, Function*> =
    std::is_same_v<typename signature<Expected>::type, typename signature<Function>::type> &&
    (signature<Function>::is_noexcept || !signature<Expected>::is_noexcept);

/// The same for a member that is called without an object.
template <class Expected, class Pointer>
inline constexpr bool has_static_signature = false;
template <class Expected, class Function>
inline constexpr bool has_static_signature<Expected, Function*> =
    has_signature<Expected, Function*>;

/// Converts to `Type` and to nothing else, whereas a `Type` itself may convert to other types.
template <class Type>
struct exactly {
    template <std::same_as<Type> Same>
    operator Same() const noexcept;
};

/// Converts to any type of parameter.
struct any_argument {
    template <class Type>
    operator Type&() const noexcept;
};

/// A value known when compiling.
template <auto Value>
struct constant {};

// static_assert takes only a literal, so these macros put the texts together that name a role or a
// member.
#define PALIMPSEST_DIFFERS(role, text)                                                             \
    "palimpsest: this policy for the role '" #role "' does not model the concept " #role           \
    "_policy: " text
#define PALIMPSEST_DIFFERS_IN(role, name, expected, found)                                         \
    PALIMPSEST_DIFFERS(role, "hook '" #name "': expected " expected "; found " found)

// A contract says what is expected of one hook. It stops with one line: `expected` describes the
// hook, `Owner` is the class in which it is looked for, and `Found` is the type that was found.
#define PALIMPSEST_STOPS(role, name, expected)                                                     \
    template <class Owner, class Found, bool IsNone = is_none<Found>>                              \
    static constexpr void stop() {                                                                 \
        static_assert(is_as_expected<Owner, Found, !IsNone>,                                       \
                      PALIMPSEST_DIFFERS_IN(role, name, expected, "none"));                        \
        static_assert(                                                                             \
            is_as_expected<Owner, Found, IsNone>,                                                  \
            PALIMPSEST_DIFFERS_IN(role, name, expected, "one that differs, or that is private"));  \
    }

// A contract about a member also finds the member, by its type and by its name alone.
#define PALIMPSEST_FINDS(role, name, expected)                                                     \
    PALIMPSEST_STOPS(role, name, expected)                                                         \
    template <class Owner>                                                                         \
    static found_type<decltype(&Owner::name)> find(Owner*);                                        \
    PALIMPSEST_LOOKS_FOR(name)

#define PALIMPSEST_LOOKS_FOR(name)                                                                 \
    template <class Class>                                                                         \
    static constexpr bool is_clear_in = requires { &Class::name; };

// The same for a function template, by the type that it has for the argument `some`. A member of
// another kind is sorted out first: g++ 12 stops at the address of an object, and Clang 16 crashes
// at that of an alias template.
#define PALIMPSEST_FINDS_TEMPLATE(role, name, some, expected)                                      \
    PALIMPSEST_STOPS(role, name, expected)                                                         \
    PALIMPSEST_LOOKS_FOR(name)                                                                     \
    template <class Owner>                                                                         \
    static constexpr bool is_other = requires {                                                    \
        typename Owner::template name<some>;                                                       \
    } || requires { requires std::is_object_v<decltype(Owner::name)>; };                           \
    template <class Owner>                                                                         \
    static constexpr auto find(Owner*) {                                                           \
        if constexpr (is_other<Owner>)                                                             \
            return found_type<private_overloaded_or_a_template>{};                                 \
        else if constexpr (requires { &Owner::template name<some>; })                              \
            return found_type<decltype(&Owner::template name<some>)>{};                            \
        else                                                                                       \
            return found_type<private_overloaded_or_a_template>{};                                 \
    }

// The same for a name that no other contract has.
#define PALIMPSEST_EXPECTS(role, name, expected)                                                   \
    struct names {                                                                                 \
        int name;                                                                                  \
    };                                                                                             \
    PALIMPSEST_FINDS(role, name, expected)
#define PALIMPSEST_EXPECTS_TEMPLATE(role, name, some, expected)                                    \
    struct names {                                                                                 \
        int name;                                                                                  \
    };                                                                                             \
    PALIMPSEST_FINDS_TEMPLATE(role, name, some, expected)

// An optional hook also stops when it is there and not listed, and when it is in the wrong class.
#define PALIMPSEST_MAY_BE_LISTED(role, name, expected)                                             \
    template <class Owner, class Found>                                                            \
    static constexpr void stop_unlisted() {                                                        \
        static_assert(is_as_expected<Owner, Found>,                                                \
                      PALIMPSEST_DIFFERS_IN(role, name, expected " in `provided_hooks`",           \
                                            "one that is not listed, and never called"));          \
    }                                                                                              \
    template <class Owner, class Found>                                                            \
    static constexpr void stop_misplaced() {                                                       \
        static_assert(is_as_expected<Owner, Found>,                                                \
                      PALIMPSEST_DIFFERS_IN(role, name, expected,                                  \
                                            "one in another class, where it is never called"));    \
    }

/// Shows which of the names a class has: a name that two bases have is ambiguous, whatever it means
/// in them and whoever may use it.
template <class Owner, class Names>
struct also_named : Owner, Names {};

/// Whether a class can be examined in this way.
template <class Owner>
inline constexpr bool can_be_base = std::is_class_v<Owner> && !std::is_final_v<Owner>;

/// Whether a class has a member of the contract's name. In a final class, only accessible members
/// count.
template <class Contract, class Owner, bool = can_be_base<Owner>>
inline constexpr bool is_named_in =
    !Contract::template is_clear_in<also_named<Owner, typename Contract::names>>;
template <class Contract, class Owner>
inline constexpr bool is_named_in<Contract, Owner, false> = Contract::template is_clear_in<Owner>;

/// The default subject of a contract: a member of the policy.
struct of_the_policy {
    template <class Policy>
    using owner = Policy;
    template <class Policy>
    using lister = Policy;
};
template <class Contract, class Policy>
using owner_in = typename Contract::template owner<Policy>;

/// The contract of an optional hook. `lister` is the class that lists the hook, and `right_in` says
/// whether the hook is as expected. `elsewhere`, if there, is a class in which somebody could put
/// the hook by mistake.
template <class Hook>
struct hook_contract;

template <class... Contracts>
struct contracts {};

template <class Policy, class Contract, bool IsListed>
inline constexpr bool keeps_to_hook = Contract::template right_in<Policy>;
template <class Policy, class Contract>
inline constexpr bool keeps_to_hook<Policy, Contract, false> =
    !is_named_in<Contract, owner_in<Contract, Policy>>;

template <class Policy, class Hook>
inline constexpr bool keeps_to_listed =
    keeps_to_hook<Policy, hook_contract<Hook>,
                  has_hook<typename hook_contract<Hook>::template lister<Policy>, Hook>>;

template <class Policy, class Contract>
inline constexpr bool is_misplaced = false;
template <class Policy, class Contract>
    requires requires { typename Contract::template elsewhere<Policy>; }
inline constexpr bool is_misplaced<Policy, Contract> =
    is_named_in<Contract, typename Contract::template elsewhere<Policy>>;

template <class Policy, class Contract>
inline constexpr bool keeps_to = Contract::template kept_by<Policy>;
template <class Policy, class Hook>
inline constexpr bool keeps_to<Policy, hook_contract<Hook>> =
    keeps_to_listed<Policy, Hook> && !is_misplaced<Policy, hook_contract<Hook>>;

/// Whether a policy keeps to all of the contracts.
template <class Policy, class Contracts>
inline constexpr bool keeps = false;
template <class Policy, class... Contracts>
inline constexpr bool keeps<Policy, contracts<Contracts...>> = (... && keeps_to<Policy, Contracts>);

template <class Contract, class Owner>
constexpr auto found_in() {
    if constexpr (requires(Owner* owner) { Contract::find(owner); })
        return decltype(Contract::find(static_cast<Owner*>(nullptr))){};
    else
        return found_type<private_overloaded_or_a_template>{};
}

/// Stops for a member that is not as expected.
template <class Contract, class Owner>
constexpr void stop_at_member() {
    using found = typename decltype(found_in<Contract, Owner>())::type;
    constexpr bool is_there = [] {
        if constexpr (can_be_base<Owner>)
            return is_named_in<Contract, Owner>;
        else
            return !std::is_same_v<found, private_overloaded_or_a_template>;
    }();
    if constexpr (is_there)
        Contract::template stop<Owner, found>();
    else
        Contract::template stop<Owner, no_such_member>();
}

/// Says what is wrong, for a contract without an explanation of its own.
template <class Policy, class Contract>
struct explanation {
    static constexpr void stop() {
        using owner = owner_in<Contract, Policy>;
        if constexpr (requires { typename Contract::names; })
            stop_at_member<Contract, owner>();
        else
            Contract::template stop<owner, no_such_member>();
    }
};
template <class Policy, class Hook>
struct explanation<Policy, hook_contract<Hook>> {
    static constexpr void stop() {
        using contract = hook_contract<Hook>;
        using owner = owner_in<contract, Policy>;
        if constexpr (is_misplaced<Policy, contract>)
            stop_misplaced<typename contract::template elsewhere<Policy>>();
        else if constexpr (has_hook<typename contract::template lister<Policy>, Hook>)
            stop_at_member<contract, owner>();
        else
            contract::template stop_unlisted<
                owner, typename decltype(found_in<contract, owner>())::type>();
    }

  private:
    template <class Elsewhere>
    static constexpr void stop_misplaced() {
        hook_contract<Hook>::template stop_misplaced<
            Elsewhere, typename decltype(found_in<hook_contract<Hook>, Elsewhere>())::type>();
    }
};

/// Stops at the first contract that a policy does not keep to.
template <class Policy, class First, class... Rest>
constexpr void explain_first(contracts<First, Rest...>) {
    if constexpr (keeps_to<Policy, First>)
        explain_first<Policy>(contracts<Rest...>{});
    else if constexpr (requires { First::template explain<Policy>(); })
        First::template explain<Policy>();
    else
        explanation<Policy, First>::stop();
}

/// Whether a type is a list of hooks, all of which are in `Contracts`.
template <class List, class Contracts>
inline constexpr bool is_hook_list = false;
template <class... Hooks, class... Contracts>
inline constexpr bool is_hook_list<provides<Hooks...>, contracts<Contracts...>> =
    (... && lists<hook_contract<Hooks>, provides<Contracts...>>);

/// The contracts of a role: those `required` of each policy, then the one about the `list` of its
/// hooks, then those of the `hooks`. Later contracts may rely on earlier ones.
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

/// Whether each policy that a policy wraps models the concept of its role. A policy may not wrap
/// itself.
template <class Wrapper, class List, class Role>
inline constexpr bool all_model = false;
template <class Policy, class Role>
concept wraps_models =
    !requires { typename Policy::wraps; } || all_model<Policy, typename Policy::wraps, Role>;

/// Whether a policy, and each policy that it wraps, is as its role expects.
template <class Policy, class Role>
concept models_role = wraps_models<Policy, Role> && models<Policy, Role>;

template <class Policy, class Role>
concept is_of_role = policy_for<Policy, Role> && models_role<Policy, Role>;
template <class Wrapper, class Policy, class Role>
concept may_be_wrapped = !std::is_same_v<Wrapper, Policy> && is_of_role<Policy, Role>;
template <class Wrapper, class... Policies, class Role>
inline constexpr bool all_model<Wrapper, policies<Policies...>, Role> =
    (... && may_be_wrapped<Wrapper, Policies, Role>);

}  // namespace palimpsest::detail
