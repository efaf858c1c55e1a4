// SPDX-License-Identifier: Apache-2.0
// Counts of an inliner's work, and limits to it.
#pragma once

#include <cstddef>

namespace palimpsest::inlining {

/// Counts of what one run of an inliner did to a program.
struct summary {
    std::size_t call_sites = 0;  // that were looked at
    std::size_t inlined = 0;
    std::size_t overruled = 0;  // that would have been, but for a limit or a recursion
    std::size_t instructions_copied = 0;
    std::size_t functions_dropped = 0;  // private ones that nobody reaches any more

    friend bool operator==(const summary&, const summary&) = default;
};

/// Limits to the growth of a program, whatever its decision says. A call that would exceed one of
/// the sizes stays a call, and counts as overruled. Lower them for programs of unknown origin.
struct limits {
    std::size_t instructions = 1'000'000;  // of one function
    std::size_t copied = 4'000'000;        // into all functions together
    unsigned revisits = 16;  // bodies in bodies, where calls that came with a body are decided anew
};

}  // namespace palimpsest::inlining
