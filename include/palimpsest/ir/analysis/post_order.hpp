// SPDX-License-Identifier: Apache-2.0
// The blocks that can be reached, in post-order.
#pragma once

#include <palimpsest/detail/post_order.hpp>
#include <palimpsest/ir/analysis/successor_view.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/light_vector.hpp>

namespace palimpsest::ir::analysis {

/// The blocks that can be reached from the entry, each after all that it leads to, except for
/// loops. All branches must lead to blocks that are placed. Takes time linear in blocks and
/// branches.
template <class = void>
inline light_vector<block> post_order(const function& of) {
    if (!of.entry()) return {};
    return palimpsest::detail::post_order(
        of.entry(), of.block_count(), [](block at) { return at.index(); },
        [&](block at) { return successor_view(of, at); });
}

}  // namespace palimpsest::ir::analysis
