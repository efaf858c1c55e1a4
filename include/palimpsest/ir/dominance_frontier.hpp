// Where ways join on which something differs: given the blocks that change it, the blocks at whose
// beginning it depends on where one came from. What SSA construction puts block parameters at.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/flow.hpp>
#include <palimpsest/ir/function.hpp>
#include <span>
#include <utility>
#include <vector>

namespace palimpsest::ir {

/// The iterated dominance frontier, by Sreedhar and Gao ("A Linear Time Algorithm for Placing
/// phi-Nodes", 1995): for n blocks and m branches it takes time O(m + n log n), however deep loops
/// are nested, and no recursion. Function and tree must stay, and not change.
template <class Tag = void>
class basic_dominance_frontier {
  public:
    basic_dominance_frontier(const function& of, const dominators& tree)
        : of_(of), tree_(tree), depths_(of.block_count()), marks_(of.block_count()) {
        for (const auto at : tree.preorder())
            if (at != of.entry()) depths_[at.index()] = depths_[tree.parent(at).index()] + 1;
    }

    /// Visits each join of ways from `changing` once, those included to which a join leads again.
    /// Blocks that cannot be reached do not count.
    template <class Visit>
    void for_each_join(std::span<const block> changing, Visit&& visit) {
        ++round_;
        waiting_.clear();
        for (const auto one : changing)
            if (tree_.is_reachable(one)) wait_for(one);
        while (!waiting_.empty()) {
            // The deepest first, so that what was walked below it need not be again.
            std::pop_heap(waiting_.begin(), waiting_.end());
            const auto root = waiting_.back().second;
            waiting_.pop_back();
            walk_below(root, visit);
        }
    }

  private:
    /// In which round a block was last seen as each of these.
    struct marks {
        std::uint32_t waited = 0;
        std::uint32_t walked = 0;
        std::uint32_t joined = 0;
    };

    bool mark(std::uint32_t& last) const noexcept { return std::exchange(last, round_) != round_; }
    void wait_for(block one) {
        if (!mark(marks_[one.index()].waited)) return;
        waiting_.emplace_back(depths_[one.index()], one);
        std::push_heap(waiting_.begin(), waiting_.end());
    }

    /// What a branch from below the root leads to, is a join when the root does not dominate it,
    /// that is, when it does not lie deeper.
    template <class Visit>
    void walk_below(block root, Visit&& visit) {
        const auto below = tree_.dominated_by(root);
        for (std::size_t place = 0; place < below.size();) {
            const auto at = below[place];
            if (!mark(marks_[at.index()].walked)) {
                place += tree_.dominated_by(at).size();
                continue;
            }
            ++place;
            const successor_view all(of_, at);
            for (std::size_t way = 0; way < all.size(); ++way) {
                const auto to = all[way];
                if (depths_[to.index()] > depths_[root.index()]) continue;
                if (!mark(marks_[to.index()].joined)) continue;
                visit(to);
                wait_for(to);
            }
        }
    }

    const function& of_;
    const dominators& tree_;
    palimpsest::detail::dependent<std::vector<std::uint32_t>, Tag> depths_;  // in the tree
    palimpsest::detail::dependent<std::vector<marks>, Tag> marks_;
    palimpsest::detail::dependent<std::vector<std::pair<std::uint32_t, block>>, Tag>
        waiting_;  // a heap by depth
    std::uint32_t round_ = 0;
};
using dominance_frontier = basic_dominance_frontier<>;

}  // namespace palimpsest::ir
