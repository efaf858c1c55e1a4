// SPDX-License-Identifier: Apache-2.0
// Decides branches and traps whose condition is a constant, turns a branch whose targets are all
// the same into a jump, and redirects branches past blocks that hold only a jump. Blocks that
// become unreachable are removed. Linear.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/analysis/post_order.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/pass/unreachable_blocks.hpp>
#include <palimpsest/ir/semantics/evaluate.hpp>
#include <palimpsest/light_vector.hpp>
#include <span>
#include <utility>

namespace palimpsest::pass {

namespace detail {

template <class Tag = void>
class basic_branch_folder {
  public:
    explicit basic_branch_folder(ir::function& of) : of_(of), uses_(of.value_count()) {
        count_uses();
    }

    /// True if it changed something.
    bool run() {
        // Targets come first, so that skipping one block leads to the end of a chain of jumps.
        for (const auto one : ir::analysis::post_order(of_)) {
            fold_traps(one);
            const auto last = of_.last(one);
            if (of_.targets(last).empty()) continue;
            fold_constant(last);
            for (std::size_t place = 0; place < of_.targets(last).size(); ++place)
                go_round(last, place);
            fold_same(last);
        }
        return changed_;
    }

  private:
    void count_uses() {
        const auto count = [&](std::span<const ir::value> all) {
            for (const auto one : all) ++uses_[of_.resolve_shortening(one).index()];
        };
        for (const auto in : of_.blocks())
            for (const auto one : of_.instructions(in)) {
                count(std::as_const(of_).arguments(one));
                for (const auto& target : of_.targets(one))
                    count(std::as_const(of_).arguments(target));
            }
    }

    // Traps.

    void fold_traps(ir::block in) {
        for (const auto one : of_.instructions(in)) {
            const auto code = of_[one].code;
            if (code != ir::opcode::trapz && code != ir::opcode::trapnz) continue;
            const auto known = ir::semantics::evaluate(of_, one);
            if (!known) continue;
            changed_ = true;
            if (!known->trap) {
                of_.erase(in, one);
                continue;
            }
            end_with_trap(in, one);
            return;
        }
    }
    void end_with_trap(ir::block in, ir::inst which) {
        while (of_.last(in) != which) of_.erase(in, of_.last(in));
        ir::instruction made;
        made.code = ir::opcode::trap;
        made.trap = of_[which].trap;
        of_[which] = made;
    }

    // Branches.

    void become_jump(ir::inst which, std::size_t place) {
        auto& data = of_[which];
        ir::instruction made;
        made.code = ir::opcode::jump;
        made.targets = {data.targets.begin + static_cast<std::uint32_t>(place), 1};
        data = made;
        changed_ = true;
    }
    void fold_constant(ir::inst which) {
        const auto code = of_[which].code;
        if (code == ir::opcode::jump) return;
        const auto known = ir::semantics::constant(of_, of_.arguments(which)[0]);
        if (!known) return;
        if (code == ir::opcode::brif) return become_jump(which, known->bits != 0 ? 0 : 1);
        const auto place = known->bits + 1;  // after the default
        become_jump(which, place < of_.targets(which).size() ? place : 0);
    }
    void fold_same(ir::inst which) {
        if (of_[which].code == ir::opcode::jump) return;
        const auto targets = std::as_const(of_).targets(which);
        for (const auto& other : targets)
            if (other.to != targets[0].to || !passes_same(targets[0], other)) return;
        become_jump(which, 0);
    }
    bool passes_same(const ir::block_call& one, const ir::block_call& other) {
        for (std::size_t place = 0; place < one.arguments.count; ++place)
            if (of_.resolve_shortening(of_.arguments(one)[place]) !=
                of_.resolve_shortening(of_.arguments(other)[place]))
                return false;
        return true;
    }

    // Blocks that hold only a jump.

    /// Whether such a block's parameters are used only in its own jump. Then a branch can skip the
    /// block without losing anything.
    bool only_jumps(ir::block which) {
        const auto only = of_.first(which);
        if (only != of_.last(which) || of_[only].code != ir::opcode::jump ||
            of_.targets(only)[0].to == which)
            return false;
        const auto parameters = of_.parameters(which);
        if (parameters.empty()) return true;
        std::size_t uses = 0;
        for (const auto one : parameters) uses += uses_[one.index()];
        for (const auto one : of_.arguments(of_.targets(only)[0]))
            if (place_among(parameters, of_.resolve_shortening(one))) --uses;
        return uses == 0;
    }
    std::optional<std::size_t> place_among(std::span<const ir::value> parameters,
                                           ir::value which) const noexcept {
        const auto& data = of_[which];
        if (data.is != ir::value_data::kind::parameter || data.number >= parameters.size() ||
            parameters[data.number] != which)
            return std::nullopt;
        return data.number;
    }

    void go_round(ir::inst branch, std::size_t place) {
        const auto passed = of_.targets(branch)[place].to;
        if (!only_jumps(passed)) return;
        const auto onward = of_.targets(of_.first(passed))[0];
        light_vector<ir::value> arguments;
        for (const auto one : of_.arguments(onward)) {
            const auto found = of_.resolve_shortening(one);
            const auto own = place_among(of_.parameters(passed), found);
            arguments.push_back(own ? of_.arguments(of_.targets(branch)[place])[*own] : found);
        }
        for (const auto one : std::as_const(of_).arguments(of_.targets(branch)[place]))
            --uses_[of_.resolve_shortening(one).index()];
        for (const auto one : arguments) ++uses_[of_.resolve_shortening(one).index()];
        of_.targets(branch)[place] = {onward.to, of_.add_values(arguments)};
        changed_ = true;
    }

    ir::function& of_;
    light_vector<std::uint32_t> uses_;  // of each value; those in removed code still count
    bool changed_ = false;
};
using branch_folder = basic_branch_folder<>;

}  // namespace detail

/// The pass that decides branches and traps on constants, skips blocks that only jump, and removes
/// the blocks that become unreachable. Put it after constant_folding. Takes time linear in the
/// function.
template <class = void>
struct basic_branch_folding {
    bool operator()(ir::function& of) const {
        const bool changed = detail::branch_folder(of).run();
        if (changed) unreachable_blocks{}(of);
        return changed;
    }
};
using branch_folding = basic_branch_folding<>;

}  // namespace palimpsest::pass
