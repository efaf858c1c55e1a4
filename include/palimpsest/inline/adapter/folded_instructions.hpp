// SPDX-License-Identifier: Apache-2.0
// Estimates how many instructions of a function its constant parameters would make constant,
// without changing anything.
#pragma once

#include <cstddef>
#include <palimpsest/ir/analysis/post_order.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/light_vector.hpp>

namespace palimpsest::inlining {

/// Counts the instructions that become constant if the marked parameters of the function are: those
/// without effects whose operands all follow from constants and marked parameters, and branches
/// that depend on nothing else. Parameters of other blocks count as unknown. Takes time linear in
/// the function.
template <class = void>
inline std::size_t count_folded_instructions(const ir::function& of,
                                             const light_vector<bool>& constant_parameters) {
    light_vector<bool> known(of.value_count());
    const auto parameters = of.parameters(of.entry());
    for (std::size_t index = 0; index < parameters.size() && index < constant_parameters.size();
         ++index)
        known[parameters[index].index()] = constant_parameters[index];
    const auto is_known = [&](ir::inst which) {
        for (const auto one : of.arguments(which))
            if (!known[of.resolve(one).index()]) return false;
        return true;
    };
    std::size_t folded = 0;
    const auto order = ir::analysis::post_order(of);
    for (auto place = order.size(); place > 0; --place)
        for (const auto which : of.instructions(order[place - 1])) {
            const auto code = of[which].code;
            const bool branches = code == ir::opcode::brif || code == ir::opcode::br_table;
            const bool pure = ir::describe(code).effects == ir::effect::none;
            if (!(branches || pure) || !is_known(which)) continue;
            // Of the instructions without operands only constants are known: an address is not.
            if (of.arguments(which).empty() && !ir::is_constant(code)) continue;
            for (const auto one : of.results(which)) known[one.index()] = true;
            if (!ir::is_constant(code)) ++folded;
        }
    return folded;
}

}  // namespace palimpsest::inlining
