// SPDX-License-Identifier: Apache-2.0
// Removes the blocks that no path from the entry leads to, with all values that they define.
// Linear.
#pragma once

#include <palimpsest/ir/analysis/post_order.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/light_vector.hpp>

namespace palimpsest::pass {

/// The pass that removes blocks that cannot be reached from the entry. branch_folding and dead_code
/// include it. Takes time linear in the function.
template <class = void>
struct basic_unreachable_blocks {
    bool operator()(ir::function& of) const {
        light_vector<bool> reachable(of.block_count());
        for (const auto one : ir::analysis::post_order(of)) reachable[one.index()] = true;
        bool changed = false;
        for (auto one = of.entry(); one;) {
            const auto next = of.next(one);
            if (!reachable[one.index()]) {
                while (const auto first = of.first(one)) of.erase(one, first);
                of.retain_parameters(one, [](std::size_t) { return false; });
                of.remove(one);
                changed = true;
            }
            one = next;
        }
        return changed;
    }
};
using unreachable_blocks = basic_unreachable_blocks<>;

}  // namespace palimpsest::pass
