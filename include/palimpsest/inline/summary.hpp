// SPDX-License-Identifier: Apache-2.0
// What an inliner did.
#pragma once

#include <cstddef>

namespace palimpsest::inlining {

struct summary {
    std::size_t call_sites = 0;  // that were looked at
    std::size_t inlined = 0;
    std::size_t overruled = 0;  // that would have been, but for a limit or a recursion
    std::size_t instructions_copied = 0;
    std::size_t functions_dropped = 0;  // private ones that nobody reaches any more

    friend bool operator==(const summary&, const summary&) = default;
};

/// Whatever a decision says, a program grows no further than this.
struct limits {
    std::size_t instructions = 1'000'000;  // of one function
    std::size_t copied = 4'000'000;        // into all functions together
    unsigned revisits = 16;  // bodies in bodies, where calls that came with a body are decided anew
};

}  // namespace palimpsest::inlining
