// SPDX-License-Identifier: Apache-2.0
// Budgets are given in bytes and spent in pages.
#pragma once

#include <cstddef>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/pool/budget/no_limit.hpp>

namespace palimpsest::detail {

/// Whole pages in a budget of `bytes`, rounded down.
inline std::size_t pages_in(std::size_t bytes) noexcept { return bytes / os::page_size; }

/// The product, or no_limit where it does not fit into a number.
constexpr std::size_t saturating_product(std::size_t left, std::size_t right) noexcept {
    return right != 0 && left > budget::no_limit / right ? budget::no_limit : left * right;
}

}  // namespace palimpsest::detail
