// SPDX-License-Identifier: Apache-2.0
// Counts of an inliner's work.
#pragma once

#include <cstddef>

namespace palimpsest::inlining {

/// Counts of what one run of an inliner did to a program.
struct summary {
    std::size_t call_sites = 0;  // examined
    std::size_t inlined = 0;
    std::size_t overruled = 0;  // not inlined because of a limit or recursion
    std::size_t instructions_copied = 0;
    std::size_t functions_dropped = 0;  // private ones that became unreachable

    friend bool operator==(const summary&, const summary&) = default;
};

}  // namespace palimpsest::inlining
