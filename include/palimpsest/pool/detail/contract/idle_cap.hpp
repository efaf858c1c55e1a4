// SPDX-License-Identifier: Apache-2.0
// The contract of the role `idle_cap`.
#pragma once

#include <concepts>
#include <cstddef>
#include <palimpsest/pool/detail/contract/contract.hpp>
#include <palimpsest/pool/roles.hpp>

#include <palimpsest/pool/detail/contract/macros.hpp>

namespace palimpsest::detail {

namespace of_idle_cap {

PALIMPSEST_CONSTANT(idle_cap, std::size_t, bytes, Policy);

}  // namespace of_idle_cap

template <>
struct contracts_of<roles::idle_cap> : no_hooks {
    using required = contracts<of_idle_cap::bytes>;
};

}  // namespace palimpsest::detail

#include <palimpsest/pool/detail/contract/undefine_macros.hpp>
