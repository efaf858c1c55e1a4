// SPDX-License-Identifier: Apache-2.0
// A parameter of a block that gets the same value from everywhere, or itself, becomes an alias of
// that value and goes, with the arguments for it. What becomes such a parameter by that goes too.
//
// Walks the blocks in reverse post order until a walk finds nothing: about as often as loops are
// nested, each time linear in the arguments.
#pragma once

#include <cstddef>
#include <palimpsest/ir/flow.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/incoming_edges.hpp>
#include <utility>
#include <vector>

namespace palimpsest::pass {

template <class = void>
class basic_constant_parameters {
  public:
    bool operator()(ir::function& of) const {
        auto reachable = ir::post_order(of);
        reachable.pop_back();  // the entry: its parameters are the function's
        if (reachable.empty()) return false;
        std::vector<ir::block> order;
        for (auto place = reachable.size(); place > 0; --place)
            order.push_back(reachable[place - 1]);
        if (!make_aliases(of, order)) return false;
        const ir::incoming_edges edges(of, of.blocks());
        for (const auto one : order) drop_aliases(of, one, edges);
        return true;
    }

  private:
    static bool make_aliases(ir::function& of, const std::vector<ir::block>& order) {
        auto from = order;  // what cannot be reached has no say
        from.push_back(of.entry());
        const ir::incoming_edges edges(of, from);
        bool changed = false;
        for (bool again = true; std::exchange(again, false);)
            for (const auto in : order)
                for (const auto parameter : of.parameters(in)) {
                    const auto same = only_value(of, parameter, edges);
                    if (!same) continue;
                    of.make_alias(parameter, same);
                    again = changed = true;
                }
        return changed;
    }

    /// All that a parameter gets beside itself, where that is one value. That value is defined
    /// wherever the parameter is: the first time that the block is entered, it is what is passed.
    static ir::value only_value(ir::function& of, ir::value parameter,
                                const ir::incoming_edges& edges) noexcept {
        const auto& data = of[parameter];
        ir::value same;
        if (data.is == ir::value_data::kind::alias) return same;
        for (const auto& [from, place] : edges.to(ir::block(data.of))) {
            const auto passed = of.arguments(of.targets(from)[place])[data.number];
            const auto got = of.resolve_shortening(passed);
            if (got == parameter || got == same) continue;
            if (same) return ir::value();
            same = got;
        }
        return same;
    }

    static void drop_aliases(ir::function& of, ir::block in, const ir::incoming_edges& edges) {
        std::vector<bool> kept;
        for (const auto one : of.parameters(in))
            kept.push_back(of[one].is != ir::value_data::kind::alias);
        const auto keep = [&](std::size_t place) -> bool { return kept[place]; };
        for (const auto& [from, place] : edges.to(in))
            of.retain_arguments(of.targets(from)[place], keep);
        of.retain_parameters(in, keep);
    }
};
using constant_parameters = basic_constant_parameters<>;

}  // namespace palimpsest::pass
