// SPDX-License-Identifier: Apache-2.0
// The contract of the role `reset`.
#pragma once

#include <concepts>
#include <cstddef>
#include <palimpsest/pool/detail/contract/contract.hpp>
#include <palimpsest/pool/reset/hook.hpp>
#include <palimpsest/pool/roles.hpp>

#include <palimpsest/pool/detail/contract/macros.hpp>

namespace palimpsest::detail {

/// Stands for the pool's own slot when a policy is checked.
struct some_slot {
    bool restore() noexcept;
    bool decommit() noexcept;
    bool remap() noexcept;
    std::size_t index() const noexcept;
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

}  // namespace palimpsest::detail

#include <palimpsest/pool/detail/contract/undefine_macros.hpp>
