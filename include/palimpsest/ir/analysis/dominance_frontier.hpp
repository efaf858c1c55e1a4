// SPDX-License-Identifier: Apache-2.0
// The blocks where paths join on which something differs: given the blocks that change it, those at
// whose start its state depends on the path taken. SSA construction puts block parameters there.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/analysis/dominators.hpp>
#include <palimpsest/ir/analysis/successor_view.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/light_vector.hpp>
#include <span>
#include <utility>

namespace palimpsest::ir::analysis {

/// The iterated dominance frontier, after the idea of Sreedhar and Gao ("A Linear Time Algorithm
/// for Placing phi-Nodes", 1995) to begin with the deepest blocks of the dominator tree. A join is
/// where a branch from below a block leads to a block that lies no deeper. These branches are kept
/// in tree order, under a tree of the least depths that they lead to, so that a search looks only
/// at those that lead to a join. Construction takes time O(n + m) for n blocks and m branches; a
/// search takes O(k log m), where k counts the changing blocks and the branches that lead to joins,
/// however deeply loops are nested. There is no recursion. Function and tree must outlive it, and
/// not change. Only one thread at a time may search.
template <class Tag = void>
class basic_dominance_frontier {
  public:
    basic_dominance_frontier(const function& of, const dominators& tree)
        : tree_(tree),
          depths_(of.block_count()),
          first_branches_(tree.preorder().size() + 1),
          places_(of.block_count()),
          marks_(of.block_count()) {
        collect_branches(of);
        for (leaves_ = 1; leaves_ < targets_.size();) leaves_ *= 2;
        least_depths_.assign(2 * leaves_, used_up);
        for (std::size_t one = 0; one < targets_.size(); ++one)
            least_depths_[leaves_ + one] = depths_[targets_[one].index()];
        for (auto node = leaves_ - 1; node > 0; --node) update(node);
    }

    /// The number of branches that may lead to a join: the most that one search follows.
    std::size_t branch_count() const noexcept { return targets_.size(); }

    /// Visits, once each, the joins of paths from the blocks `changing`, and the joins of paths
    /// from those joins. Unreachable blocks do not count.
    template <class Visit>
    void for_each_join(std::span<const block> changing, Visit&& visit) {
        auto left = branch_count();
        (void)for_each_join(changing, left, visit);
    }
    /// The same, but follows no more than `left` branches, and subtracts those it followed from
    /// `left`. False if there were not enough: then some joins were not visited.
    template <class Visit>
    [[nodiscard]] bool for_each_join(std::span<const block> changing, std::size_t& left,
                                     Visit&& visit) {
        ++round_;
        waiting_.clear();
        for (const auto one : changing)
            if (tree_.is_reachable(one)) wait_for(one);
        bool enough = true;
        while (enough && !waiting_.empty()) {
            // The deepest first: the blocks above it then need not follow the branches from below
            // it again.
            std::pop_heap(waiting_.begin(), waiting_.end());
            const block root(static_cast<std::uint32_t>(waiting_.back()));
            waiting_.pop_back();
            enough = use_branches(root, left, visit);
        }
        for (const auto one : used_) set_depth(one, depths_[targets_[one].index()]);
        used_.clear();
        return enough;
    }

  private:
    using depth = std::uint32_t;
    static constexpr depth used_up = ~depth{0};

    /// The rounds in which a block last had each of these roles.
    struct marks {
        std::uint32_t waited = 0;
        std::uint32_t joined = 0;
    };

    /// Collects the branches that may lead to a join, ordered by the place of the block they come
    /// from.
    void collect_branches(const function& of) {
        const auto order = tree_.preorder();
        for (std::size_t place = 0; place < order.size(); ++place) {
            const auto at = order[place];
            places_[at.index()] = static_cast<std::uint32_t>(place);
            if (at != of.entry()) depths_[at.index()] = depths_[tree_.parent(at).index()] + 1;
        }
        for (std::size_t place = 0; place < order.size(); ++place) {
            const auto at = order[place];
            first_branches_[place] = static_cast<std::uint32_t>(targets_.size());
            const successor_view all(of, at);
            for (std::size_t way = 0; way < all.size(); ++way)
                if (depths_[all[way].index()] <= depths_[at.index()]) targets_.push_back(all[way]);
        }
        first_branches_.back() = static_cast<std::uint32_t>(targets_.size());
    }

    bool mark(std::uint32_t& last) const noexcept { return std::exchange(last, round_) != round_; }
    void wait_for(block one) {
        if (!mark(marks_[one.index()].waited)) return;
        waiting_.push_back(std::uint64_t{depths_[one.index()]} << 32U | one.index());
        std::push_heap(waiting_.begin(), waiting_.end());
    }

    // The tree of least depths: node i is the parent of 2i and 2i + 1, and the leaves come last.

    void update(std::size_t node) noexcept {
        least_depths_[node] = std::min(least_depths_[2 * node], least_depths_[2 * node + 1]);
    }
    void set_depth(std::size_t branch, depth to) noexcept {
        least_depths_[leaves_ + branch] = to;
        for (auto node = (leaves_ + branch) / 2; node > 0; node /= 2) update(node);
    }
    /// The first branch from `begin` on that leads no deeper than `most`; `leaves_` if there is
    /// none.
    std::size_t next_branch(std::size_t begin, depth most) const noexcept {
        if (begin >= leaves_) return leaves_;
        auto node = leaves_ + begin;
        while (least_depths_[node] > most) {
            while (node % 2 == 1) node /= 2;  // from right children up to the parent
            if (node == 0) return leaves_;
            ++node;
        }
        while (node < leaves_) node = 2 * node + (least_depths_[2 * node] <= most ? 0 : 1);
        return node - leaves_;
    }
    /// Follows the branches from below `root` that lead no deeper than `root`. False if there are
    /// more than `left`.
    template <class Visit>
    bool use_branches(block root, std::size_t& left, Visit&& visit) {
        const auto most = depths_[root.index()];
        const auto place = places_[root.index()];
        const auto end = first_branches_[place + tree_.dominated_by(root).size()];
        for (auto one = next_branch(first_branches_[place], most); one < end;
             one = next_branch(one + 1, most)) {
            if (left == 0) return false;
            --left;
            set_depth(one, used_up);
            used_.push_back(static_cast<std::uint32_t>(one));
            const auto to = targets_[one];
            if (!mark(marks_[to.index()].joined)) continue;
            visit(to);
            wait_for(to);
        }
        return true;
    }

    const dominators& tree_;
    light_vector<depth> depths_;                  // in the dominator tree
    light_vector<std::uint32_t> first_branches_;  // by place
    light_vector<std::uint32_t> places_;          // in the preorder
    light_vector<block> targets_;                 // of the branches
    light_vector<depth> least_depths_;
    std::size_t leaves_ = 1;
    light_vector<std::uint32_t> used_;  // in this round
    light_vector<marks> marks_;
    light_vector<std::uint64_t> waiting_;  // a heap of depths, each above a block's number
    std::uint32_t round_ = 0;
};
using dominance_frontier = basic_dominance_frontier<>;

}  // namespace palimpsest::ir::analysis
