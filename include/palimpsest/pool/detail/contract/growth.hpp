// SPDX-License-Identifier: Apache-2.0
// The contract of the role `growth`.
#pragma once

#include <cstddef>
#include <palimpsest/pool/detail/contract/contract.hpp>
#include <palimpsest/pool/roles.hpp>

#include <palimpsest/pool/detail/contract/macros.hpp>

namespace palimpsest::detail {

/// Stands for the pool's own memory when a policy is checked.
struct some_memory {
    std::size_t accessible() const noexcept;
    std::size_t maximum() const noexcept;
    bool open_to(std::size_t) noexcept;
    bool close_to(std::size_t) noexcept;
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

}  // namespace palimpsest::detail

#include <palimpsest/pool/detail/contract/undefine_macros.hpp>
