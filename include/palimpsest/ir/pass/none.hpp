// SPDX-License-Identifier: Apache-2.0
// The pass that changes nothing, to give where a pipeline is asked for and none is wanted.
#pragma once

#include <palimpsest/ir/function.hpp>

namespace palimpsest::pass {

/// The pass that changes nothing. Choose it where a pipeline is asked for and none is wanted; it is
/// the default of inlining::inliner.
struct none {
    constexpr bool operator()(ir::function&) const noexcept { return false; }
};

}  // namespace palimpsest::pass
