// SPDX-License-Identifier: Apache-2.0
// The number that limits nothing, for policies that take a limit.
#pragma once

#include <cstddef>
#include <limits>

namespace palimpsest::budget {

/// A size, in bytes or in slots, that limits nothing.
inline constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

}  // namespace palimpsest::budget
