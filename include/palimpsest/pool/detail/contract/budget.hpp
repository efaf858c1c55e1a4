// SPDX-License-Identifier: Apache-2.0
// The contract of the role `budget`.
#pragma once

#include <concepts>
#include <cstddef>
#include <palimpsest/pool/budget/hook.hpp>
#include <palimpsest/pool/detail/contract/contract.hpp>
#include <palimpsest/pool/roles.hpp>

#include <palimpsest/pool/detail/contract/macros.hpp>

namespace palimpsest::detail {

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

}  // namespace palimpsest::detail

#include <palimpsest/pool/detail/contract/undefine_macros.hpp>
