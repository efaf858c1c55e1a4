// SPDX-License-Identifier: Apache-2.0
// Merges two blocks if the first leads only to the second, and nothing else leads there. Linear:
// instructions are moved by changing links, and parameters become aliases.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/analysis/post_order.hpp>
#include <palimpsest/ir/analysis/predecessors.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/light_vector.hpp>

namespace palimpsest::pass {

/// The pass that joins a block with the only one it leads to, if nothing else leads there. Put it
/// after branch_folding, which leaves such blocks. Takes time linear in the function.
template <class = void>
class basic_block_merging {
  public:
    bool operator()(ir::function& of) const {
        light_vector<std::uint32_t> predecessors(of.block_count());
        for (const auto from : of.blocks())
            for (const auto& target : of.targets(of.last(from))) ++predecessors[target.to.index()];
        bool changed = false;
        // Unreachable blocks may form a cycle, and are left alone.
        for (const auto one : ir::analysis::post_order(of)) {
            if (!of.is_placed(one)) continue;  // merged already
            for (;;) {
                const auto next = only_successor(of, one);
                if (!next || next == one || predecessors[next.index()] != 1) break;
                merge(of, one, next);
                changed = true;
            }
        }
        return changed;
    }

  private:
    static ir::block only_successor(const ir::function& of, ir::block from) noexcept {
        const auto last = of.last(from);
        return of[last].code == ir::opcode::jump ? of.targets(last)[0].to : ir::block();
    }
    static void merge(ir::function& of, ir::block into, ir::block merged) {
        const auto jump = of.last(into);
        const auto arguments = of.arguments(of.targets(jump)[0]);
        std::size_t place = 0;
        for (const auto parameter : of.parameters(merged))
            of.make_alias(parameter, of.resolve_shortening(arguments[place++]));
        of.erase(into, jump);
        of.join(into, merged);
        of.remove(merged);
    }
};
using block_merging = basic_block_merging<>;

}  // namespace palimpsest::pass
