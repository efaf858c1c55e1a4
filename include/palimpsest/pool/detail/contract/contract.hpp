// SPDX-License-Identifier: Apache-2.0
// Compares a policy with the contracts of its role, and turns a difference into one line. The
// contracts of each role are in the header of that name in this folder, hook by hook; concepts.hpp
// says the same for authors of policies.
#pragma once

#include <palimpsest/pool/detail/contract/signature.hpp>
#include <palimpsest/pool/detail/listed_hooks.hpp>
#include <palimpsest/pool/provides.hpp>
#include <type_traits>

namespace palimpsest::detail {

/// Shows which of the names a class has: a name that two bases have is ambiguous, whatever it means
/// and whether or not it is accessible.
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
/// whether the hook is as expected. `elsewhere`, if present, is a class in which somebody could put
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

/// Whether a policy satisfies all of the contracts.
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

/// Fails to compile for a member that is not as expected.
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

/// Fails to compile at the first contract that a policy does not satisfy.
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

template <class Role, class Policy>
constexpr void explain();

/// Fails to compile at the first wrapped policy that is not a policy of the role.
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

/// Fails to compile, with one line, for a policy that does not model the concept of its role, or
/// for the first policy it wraps that does not.
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
