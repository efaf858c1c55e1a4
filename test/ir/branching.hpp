// SPDX-License-Identifier: Apache-2.0
// Functions that consist only of branches.
#pragma once

#include <palimpsest/ir/function.hpp>

#include <cstddef>
#include <vector>

namespace palimpsest::test {

/// For each block, those that it branches to.
using branches = std::vector<std::vector<std::size_t>>;

/// A function whose blocks branch as told.
inline ir::function branching(const branches& ways) {
    ir::function made;
    for (std::size_t number = 0; number < ways.size(); ++number) made.append_block();
    for (std::size_t from = 0; from < ways.size(); ++from) {
        ir::instruction last;
        last.code = ways[from].empty() ? ir::opcode::return_ : ir::opcode::br_table;
        std::vector<ir::block_call> targets;
        for (const auto to : ways[from]) targets.push_back({ir::block(to), {}});
        last.targets = made.add_targets(targets);
        made.append(ir::block(from), last);
    }
    return made;
}

}  // namespace palimpsest::test
