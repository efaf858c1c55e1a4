// SPDX-License-Identifier: Apache-2.0
// The contract of the role `reuse`.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/pool/detail/contract/contract.hpp>
#include <palimpsest/pool/roles.hpp>

#include <palimpsest/pool/detail/contract/macros.hpp>

namespace palimpsest::detail {

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

}  // namespace palimpsest::detail

#include <palimpsest/pool/detail/contract/undefine_macros.hpp>
