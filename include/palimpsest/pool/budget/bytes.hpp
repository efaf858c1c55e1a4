// SPDX-License-Identifier: Apache-2.0
// Budgets are given in bytes and spent in pages.
#pragma once

#include <cstddef>
#include <limits>
#include <palimpsest/os/address_range.hpp>

namespace palimpsest::budget {

inline constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

/// Whole pages in a budget; what is left over buys nothing.
inline std::size_t pages_in(std::size_t bytes) noexcept { return bytes / os::page_size; }

constexpr std::size_t saturating_product(std::size_t left, std::size_t right) noexcept {
    return right != 0 && left > no_limit / right ? no_limit : left * right;
}

/// Something that a budget keeps no account of.
struct no_account {};

}  // namespace palimpsest::budget
