// SPDX-License-Identifier: Apache-2.0
// Budgets are given in bytes and spent in pages.
#pragma once

#include <cstddef>
#include <limits>
#include <palimpsest/os/address_range.hpp>

namespace palimpsest::budget {

/// A size, in bytes or in slots, that limits nothing.
inline constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

/// Whole pages in a budget of `bytes`, rounded down.
inline std::size_t pages_in(std::size_t bytes) noexcept { return bytes / os::page_size; }

/// The product, or no_limit where it does not fit into a number.
constexpr std::size_t saturating_product(std::size_t left, std::size_t right) noexcept {
    return right != 0 && left > no_limit / right ? no_limit : left * right;
}

/// The account of a budget that notes nothing for each slot.
struct no_account {};

}  // namespace palimpsest::budget
