// SPDX-License-Identifier: Apache-2.0
// A block parameter that gets the same value, or itself, from every branch becomes an alias of that
// value and is dropped, with its arguments. So are parameters that get the same value only after
// that.
//
// Walks the blocks in reverse post-order until a walk finds nothing: about as many walks as the
// nesting depth of loops, each linear in the arguments.
#pragma once

#include <cstddef>
#include <palimpsest/ir/analysis/incoming_edges.hpp>
#include <palimpsest/ir/analysis/post_order.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/light_vector.hpp>
#include <utility>

namespace palimpsest::pass {

/// The pass that drops block parameters that get the same value from every branch. Put it after
/// branch_folding, which leaves fewer branches. Each walk takes time linear in the arguments of
/// branches; there are about as many walks as loops are deep.
template <class = void>
class basic_constant_parameters {
  public:
    bool operator()(ir::function& of) const {
        auto reachable = ir::analysis::post_order(of);
        reachable.pop_back();  // the entry: its parameters are the function's
        if (reachable.empty()) return false;
        light_vector<ir::block> order;
        for (auto place = reachable.size(); place > 0; --place)
            order.push_back(reachable[place - 1]);
        if (!make_aliases(of, order)) return false;
        const ir::analysis::incoming_edges edges(of, of.blocks());
        for (const auto one : order) drop_aliases(of, one, edges);
        return true;
    }

  private:
    static bool make_aliases(ir::function& of, const light_vector<ir::block>& order) {
        auto from = order;  // unreachable branches do not count
        from.push_back(of.entry());
        const ir::analysis::incoming_edges edges(of, from);
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

    /// The only value besides itself that a parameter gets; none if it gets several. That value is
    /// defined wherever the parameter is: it is passed when the block is first entered.
    static ir::value only_value(ir::function& of, ir::value parameter,
                                const ir::analysis::incoming_edges& edges) noexcept {
        const auto& data = of[parameter];
        ir::value same;
        if (data.is == ir::value_data::kind::alias) return same;
        for (const auto& [from, place] : edges.to(ir::block(data.of))) {
            const auto passed = of.arguments(of.targets(from)[place])[data.number];
            const auto got = of.resolve_shortening(passed);
            if (got == parameter || got == same) continue;
            if (same) return {};
            same = got;
        }
        return same;
    }

    static void drop_aliases(ir::function& of, ir::block in,
                             const ir::analysis::incoming_edges& edges) {
        light_vector<bool> kept;
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
