// SPDX-License-Identifier: Apache-2.0
// How many loops a block is in: an estimate of how often it runs, from the shape of the function.
//
// Loops are natural: a loop has a header that dominates all of it, and at least one branch from
// within back to the header. Loops with the same header count as one. A cycle that can be entered
// at two places (irreducible) has no header, and does not count as a loop; compilers to WebAssembly
// make none. Takes nearly linear time in blocks and branches, however deeply loops are nested,
// without recursion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/analysis/dominators.hpp>
#include <palimpsest/ir/analysis/predecessors.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/light_vector.hpp>

namespace palimpsest::ir::analysis {

/// The number of loops around each block, as of when it was made. The function must be well-formed,
/// and have the same blocks and branches as when `dominators` and `predecessors` were made.
template <class Tag = void>
class basic_loops {
  public:
    explicit basic_loops(const function& of) : basic_loops(of, predecessors(of)) {}
    basic_loops(const function& of, const dominators& tree)
        : basic_loops(of, tree, predecessors(of)) {}
    basic_loops(const function& of, const dominators& tree, const predecessors& before)
        : innermost_(of.block_count(), none) {
        // A nested loop comes first, since its header lies below that of the loop around it.
        const auto order = tree.preorder();
        for (auto place = order.size(); place > 0; --place)
            find_loop(order[place - 1], tree, before);
        for (auto which = nest_.size(); which > 0; --which) {
            auto& one = nest_[which - 1];
            one.depth = one.around == none ? 1 : nest_[one.around].depth + 1;
        }
    }

    /// How many loops a block is in; 0 if it is in none, or is unreachable.
    unsigned depth(block of) const noexcept {
        const auto in = innermost_[of.index()];
        return in == none ? 0 : nest_[in].depth;
    }

  private:
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    struct loop {
        block header;
        std::uint32_t around = none;  // the loop directly around it, found after it
        std::uint32_t far = none;     // one further out, to find the outermost quickly
        unsigned depth = 0;
    };

    basic_loops(const function& of, const predecessors& before)
        : basic_loops(of, dominators(of, before), before) {}

    /// Finds the loop of a header, if it has one: going backwards from the branches to the header,
    /// all blocks up to the header.
    void find_loop(block header, const dominators& tree, const predecessors& before) {
        for (const auto from : before[header])
            if (tree.dominates(header, from)) waiting_.push_back(from);
        if (waiting_.empty()) return;
        const auto made = static_cast<std::uint32_t>(nest_.size());
        nest_.push_back({header});
        innermost_[header.index()] = made;
        while (!waiting_.empty()) {
            const auto at = waiting_.back();
            waiting_.pop_back();
            if (const auto begin = take_in(at, made))
                for (const auto from : before[begin])
                    if (tree.is_reachable(from)) waiting_.push_back(from);
        }
    }
    /// Makes a block, with the loop it is already in, part of the loop found last. Returns the
    /// block where that inner loop begins; none if the block already was a part.
    block take_in(block at, std::uint32_t made) {
        auto& in = innermost_[at.index()];
        if (in == none) {
            in = made;
            return at;
        }
        const auto outer = outermost(in);
        if (outer == made) return {};
        nest_[outer].around = nest_[outer].far = made;
        return nest_[outer].header;
    }
    /// Halves the path for the next search.
    std::uint32_t outermost(std::uint32_t which) noexcept {
        while (nest_[which].far != none) {
            auto& far = nest_[which].far;
            if (nest_[far].far != none) far = nest_[far].far;
            which = far;
        }
        return which;
    }

    light_vector<std::uint32_t> innermost_;  // by block
    light_vector<loop> nest_;                // each after those that are nested in it
    light_vector<block> waiting_;
};
using loops = basic_loops<>;

}  // namespace palimpsest::ir::analysis
