// SPDX-License-Identifier: Apache-2.0
// The pass that changes nothing, for use where a pipeline is required but not wanted.
#pragma once

#include <palimpsest/ir/function.hpp>

namespace palimpsest::pass {

/// The pass that changes nothing. Choose it where a pipeline is required but not wanted; it is the
/// default of inlining::inliner.
struct none {
    constexpr bool operator()(ir::function&) const noexcept { return false; }
};

}  // namespace palimpsest::pass
