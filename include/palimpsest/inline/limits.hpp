// SPDX-License-Identifier: Apache-2.0
// Limits to an inliner's work.
#pragma once

#include <cstddef>

namespace palimpsest::inlining {

/// Limits to the growth of a program, whatever the decision says. A call that would exceed one of
/// the sizes stays a call, and counts as overruled. Lower them for programs of unknown origin.
struct limits {
    std::size_t instructions = 1'000'000;  // of one function
    std::size_t copied = 4'000'000;        // into all functions together
    unsigned revisits = 16;  // depth to which calls that came with a body are decided again
};

}  // namespace palimpsest::inlining
