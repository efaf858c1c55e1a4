// SPDX-License-Identifier: Apache-2.0
// Page faults that something causes on the calling thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <palimpsest/os/page_faults.hpp>

namespace palimpsest::test {

/// The minimum of several attempts, since the kernel may disturb one: it takes pages back, or moves
/// them. The address sanitizer causes faults itself when it gives each call a new frame to detect
/// use after return: the preset switches that off.
template <class Act>
std::uint64_t least_faults(Act&& act) {
    auto least = ~std::uint64_t{0};
    for (int attempt = 0; attempt < 10; ++attempt) {
        const auto before = os::count_page_faults{}().value;
        act();
        least = std::min(least, os::count_page_faults{}().value - before);
    }
    return least;
}

}  // namespace palimpsest::test
