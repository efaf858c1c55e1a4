// SPDX-License-Identifier: Apache-2.0
// The contract of the role `warm_limit`.
#pragma once

#include <concepts>
#include <cstddef>
#include <palimpsest/pool/detail/contract/contract.hpp>
#include <palimpsest/pool/roles.hpp>

#include <palimpsest/pool/detail/contract/macros.hpp>

namespace palimpsest::detail {

namespace of_warm_limit {

PALIMPSEST_CONSTANT(warm_limit, std::size_t, slots, Policy);

}  // namespace of_warm_limit

template <>
struct contracts_of<roles::warm_limit> : no_hooks {
    using required = contracts<of_warm_limit::slots>;
};

}  // namespace palimpsest::detail

#include <palimpsest/pool/detail/contract/undefine_macros.hpp>
