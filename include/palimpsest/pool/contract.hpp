// SPDX-License-Identifier: Apache-2.0
// How a policy is compared with what its role expects, and how what differs becomes one line. What
// is expected stands in concepts.hpp and dirty/contract.hpp.
#pragma once

#include <concepts>
#include <palimpsest/pool/provides.hpp>
#include <type_traits>

namespace palimpsest::detail {

// What was found, where that is no type of the policy's.
struct no_such_member;
struct private_overloaded_or_a_template;
template <class Result, bool Throws>
struct call_that_gives;

/// Compilers print its arguments when it is asserted: who differs, and the type that was found.
template <class Policy, class Found, bool Value = false>
inline constexpr bool is_as_expected = Value;
template <class Found>
inline constexpr bool is_none = std::is_same_v<Found, no_such_member>;

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

/// What a pointer to a member points to.
template <class Pointer>
struct pointee;
template <class Member, class Class>
struct pointee<Member Class::*> {
    using type = Member;
};

/// Whether a member may stand where `Expected` is called: the same parameters and result, noexcept
/// where that is, and const, or static, where the object it is called on is.
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

/// The same of a member that is called on no object.
template <class Expected, class Pointer>
inline constexpr bool has_static_signature = false;
template <class Expected, class Function>
inline constexpr bool has_static_signature<Expected, Function*> =
    has_signature<Expected, Function*>;

/// Converts to a `Type` and nothing else, which a `Type` itself may well do.
template <class Type>
struct exactly {
    template <std::same_as<Type> Same>
    operator Same() const noexcept;
};

/// Converts to whatever a parameter is.
struct any_argument {
    template <class Type>
    operator Type&() const noexcept;
};

/// A value known when compiling.
template <auto Value>
struct constant {};

// static_assert takes a literal only, so what names a role or a member is put together here.
#define PALIMPSEST_DIFFERS(role, text)                                                             \
    "palimpsest: this policy for the role '" #role "' does not model the concept " #role           \
    "_policy: " text
#define PALIMPSEST_DIFFERS_IN(role, name, expected, found)                                         \
    PALIMPSEST_DIFFERS(role, "hook '" #name "': expected " expected "; found " found)

// A contract is what is expected of one hook. It stops with one line: `expected` says what it is,
// `Owner` is the class that it is looked for in, `Found` the type that was found.
#define PALIMPSEST_STOPS(role, name, expected)                                                     \
    template <class Owner, class Found, bool IsNone = is_none<Found>>                              \
    static constexpr void stop() {                                                                 \
        static_assert(is_as_expected<Owner, Found, !IsNone>,                                       \
                      PALIMPSEST_DIFFERS_IN(role, name, expected, "none"));                        \
        static_assert(is_as_expected<Owner, Found, IsNone>,                                        \
                      PALIMPSEST_DIFFERS_IN(role, name, expected,                                  \
                                            "one that differs, or that is private"));              \
    }

// A contract about a member finds it as well: by its type, and by its name alone.
#define PALIMPSEST_FINDS(role, name, expected)                                                     \
    PALIMPSEST_STOPS(role, name, expected)                                                         \
    template <class Owner>                                                                         \
    static found_type<decltype(&Owner::name)> find(Owner*);                                        \
    PALIMPSEST_LOOKS_FOR(name)

#define PALIMPSEST_LOOKS_FOR(name)                                                                 \
    template <class Class>                                                                         \
    static constexpr bool is_clear_in = requires { &Class::name; };

// The same of a function template, by the type that it has for `some` argument. A member of another
// kind is sorted out first: g++ 12 stops at the address of an object, Clang 16 crashes at an alias
// template's.
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

// A hook that a policy may have or not stops where it is there and not listed, too, and where it is
// in the wrong class.
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

/// A name that two bases have is ambiguous, whatever it is in them and whoever may use it. So the
/// members of this show which of the names a class has.
template <class Owner, class Names>
struct also_named : Owner, Names {};

/// Whether a class may be looked into so.
template <class Owner>
inline constexpr bool can_be_base = std::is_class_v<Owner> && !std::is_final_v<Owner>;

/// Whether a class has a member of the contract's name. Of one that is final, what can be seen.
template <class Contract, class Owner, bool = can_be_base<Owner>>
inline constexpr bool is_named_in =
    !Contract::template is_clear_in<also_named<Owner, typename Contract::names>>;
template <class Contract, class Owner>
inline constexpr bool is_named_in<Contract, Owner, false> =
    Contract::template is_clear_in<Owner>;

/// What a contract is about, unless it says so: a member of the policy.
struct of_the_policy {
    template <class Policy>
    using owner = Policy;
    template <class Policy>
    using lister = Policy;
};
template <class Contract, class Policy>
using owner_in = typename Contract::template owner<Policy>;

/// The contract of a hook that a policy may have or not. `lister` is the class that lists it, and
/// `right_in` says whether it is as expected. `elsewhere`, if there, is a class that it could be put
/// in by mistake.
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

/// Whether a policy keeps to all of them.
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

/// Says what is wrong, for a contract that says no more than what it expects.
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

/// Whether each of the policies that one wraps models the concept of its role. None is itself.
template <class Wrapper, class List, class Role>
inline constexpr bool all_model = false;
template <class Policy, class Role>
concept wraps_models = !requires { typename Policy::wraps; } ||
                       all_model<Policy, typename Policy::wraps, Role>;

/// Whether a policy, and each that it wraps, is as its role expects.
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
