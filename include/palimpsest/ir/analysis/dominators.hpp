// SPDX-License-Identifier: Apache-2.0
// The blocks that every path from the entry to a block passes through.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/analysis/predecessors.hpp>
#include <palimpsest/ir/analysis/successor_view.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/light_vector.hpp>
#include <span>
#include <utility>

namespace palimpsest::ir::analysis {

/// The dominator tree of the reachable blocks, as of when it was made. It is found by the algorithm
/// of Lengauer and Tarjan ("A Fast Algorithm for Finding Dominators in a Flowgraph", 1979) in its
/// simple form: for n blocks and m branches it takes time O(m log n) in the worst case, without
/// recursion.
template <class Tag = void>
class basic_dominators {
  public:
    explicit basic_dominators(const function& of) : basic_dominators(of, predecessors(of)) {}
    basic_dominators(const function& of, const predecessors& before)
        : parents_(of.block_count()), ranges_(of.block_count()) {
        if (!of.entry()) return;
        const depth_first_tree tree(of);
        const auto nearest = immediate(tree, before);
        for (std::size_t number = 0; number < tree.order.size(); ++number)
            parents_[tree.order[number].index()] = tree.order[nearest[number]];
        lay_out(tree, nearest);
    }

    bool is_reachable(block which) const noexcept { return bool(parents_[which.index()]); }
    /// Whether every path from the entry to `other` passes through `one`; false if `one` or `other`
    /// is unreachable. A block dominates itself. Takes constant time.
    bool dominates(block one, block other) const noexcept {
        const auto& outer = ranges_[one.index()];
        const auto place = ranges_[other.index()].begin;
        return outer.begin <= place && place < outer.end;
    }
    /// The nearest block that dominates a block: for the entry itself, for an unreachable block
    /// none.
    block parent(block of) const noexcept { return parents_[of.index()]; }

    /// All reachable blocks, each after its parent and directly followed by one run of the blocks
    /// that it dominates. A walk that keeps something for the blocks above keeps a stack of them,
    /// and pops those that do not dominate the next one.
    std::span<const block> preorder() const noexcept { return preorder_; }
    /// The blocks that a block dominates, itself first: a run of the preorder.
    std::span<const block> dominated_by(block one) const noexcept {
        if (!is_reachable(one)) return {};
        const auto& run = ranges_[one.index()];
        return {preorder_.begin() + run.begin, run.end - run.begin};
    }

  private:
    using rank = std::uint32_t;  // of a block, in depth-first order
    static constexpr rank no_rank = ~rank{0};

    struct range {
        rank begin = no_rank;
        rank end = 0;
    };

    /// The blocks in the order in which a depth-first search finds them, and from where.
    struct depth_first_tree {
        explicit depth_first_tree(const function& of) : ranks(of.block_count(), no_rank) {
            struct visit {
                block at;
                std::size_t next = 0;
            };
            light_vector<visit> path{{of.entry()}};
            add(of.entry(), 0);
            while (!path.empty()) {
                auto& [at, next] = path.back();
                const successor_view all(of, at);
                if (next == all.size()) {
                    path.pop_back();
                    continue;
                }
                const auto to = all[next++];
                if (ranks[to.index()] != no_rank) continue;
                add(to, ranks[at.index()]);
                path.push_back({to});
            }
        }
        void add(block found, rank from) {
            ranks[found.index()] = static_cast<rank>(order.size());
            order.push_back(found);
            parents.push_back(from);
        }

        light_vector<rank> ranks;
        light_vector<block> order;
        light_vector<rank> parents;
    };

    /// The processed part of the search tree, as a forest. It finds the block with the least
    /// semidominator on the path up from a block, and compresses the path.
    class forest {
      public:
        explicit forest(std::size_t count) : above_(count, no_rank), best_(count), semi_(count) {
            for (std::size_t one = 0; one < count; ++one)
                best_[one] = semi_[one] = static_cast<rank>(one);
        }
        rank semi(rank of) const noexcept { return semi_[of]; }
        void set_semi(rank of, rank found) noexcept { semi_[of] = found; }
        void link(rank above, rank below) noexcept { above_[below] = above; }

        rank best(rank of) {
            if (above_[of] == no_rank) return of;
            for (auto at = of; above_[above_[at]] != no_rank; at = above_[at]) way_.push_back(at);
            for (; !way_.empty(); way_.pop_back()) {
                const auto at = way_.back();
                const auto over = above_[at];
                if (semi_[best_[over]] < semi_[best_[at]]) best_[at] = best_[over];
                above_[at] = above_[over];
            }
            return best_[of];
        }

      private:
        light_vector<rank> above_;
        light_vector<rank> best_;
        light_vector<rank> semi_;
        light_vector<rank> way_;
    };

    /// The rank of the nearest dominator of each block.
    static light_vector<rank> immediate(const depth_first_tree& tree, const predecessors& before) {
        const auto count = static_cast<rank>(tree.order.size());
        light_vector<rank> found(count, 0);
        forest done(count);
        light_vector<rank> first(count, no_rank);  // lists of the blocks with that semidominator
        light_vector<rank> next(count, no_rank);
        for (auto at = count - 1; at > 0; --at) {
            for (const auto from : before[tree.order[at]])
                if (const auto other = tree.ranks[from.index()]; other != no_rank)
                    done.set_semi(at, std::min(done.semi(at), done.semi(done.best(other))));
            next[at] = std::exchange(first[done.semi(at)], at);
            const auto parent = tree.parents[at];
            done.link(parent, at);
            for (auto one = first[parent]; one != no_rank; one = next[one]) {
                const auto best = done.best(one);
                found[one] = done.semi(best) < done.semi(one) ? best : parent;
            }
            first[parent] = no_rank;
        }
        for (rank at = 1; at < count; ++at)
            if (found[at] != done.semi(at)) found[at] = found[found[at]];
        return found;
    }

    /// The runs of the preorder. A block's rank is greater than its nearest dominator's.
    void lay_out(const depth_first_tree& tree, const light_vector<rank>& nearest) {
        const auto count = tree.order.size();
        light_vector<rank> sizes(count, 1);
        for (auto at = count - 1; at > 0; --at) sizes[nearest[at]] += sizes[at];
        light_vector<rank> next(count, 0);  // where the next block below it goes
        preorder_.resize(count);
        for (std::size_t at = 0; at < count; ++at) {
            const auto begin =
                at == 0 ? 0 : std::exchange(next[nearest[at]], next[nearest[at]] + sizes[at]);
            next[at] = begin + 1;
            ranges_[tree.order[at].index()] = {begin, begin + sizes[at]};
            preorder_[begin] = tree.order[at];
        }
    }

    light_vector<block> parents_;
    light_vector<range> ranges_;
    light_vector<block> preorder_;
};
using dominators = basic_dominators<>;

}  // namespace palimpsest::ir::analysis
