// SPDX-License-Identifier: Apache-2.0
// The branches that lead to each block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/light_vector.hpp>
#include <span>

namespace palimpsest::ir::analysis {

/// An edge from one block to another.
struct edge {
    inst from;                // the branch
    std::uint32_t place = 0;  // among its targets
};

/// The branches that lead to each block, as of when it was made. Choose it over predecessors if the
/// arguments of branches matter, or only branches from some blocks. Takes time linear in blocks and
/// branches.
template <class Tag = void>
class basic_incoming_edges {
  public:
    /// Takes the branches that end the blocks of `from`, a range. Each block must have an end.
    template <class Blocks>
    basic_incoming_edges(const function& of, const Blocks& from) : begins_(of.block_count() + 1) {
        for_each(of, from, [&](block to, edge) { ++begins_[to.index() + 1]; });
        for (std::size_t place = 1; place < begins_.size(); ++place)
            begins_[place] += begins_[place - 1];
        edges_.resize(begins_.back());
        auto next = begins_;
        for_each(of, from, [&](block to, edge one) { edges_[next[to.index()]++] = one; });
    }

    /// The branches to a block, each with the place of the block among its targets.
    std::span<const edge> to(block which) const noexcept {
        const auto begin = begins_[which.index()];
        return {edges_.begin() + begin, begins_[which.index() + 1] - begin};
    }

  private:
    template <class Blocks, class Visit>
    static void for_each(const function& of, const Blocks& from, Visit&& visit) {
        for (const auto one : from) {
            const auto last = of.last(one);
            std::uint32_t place = 0;
            for (const auto& target : of.targets(last)) visit(target.to, edge{last, place++});
        }
    }

    light_vector<std::size_t> begins_;  // in `edges_`, for each block, and the end
    light_vector<edge> edges_;
};
using incoming_edges = basic_incoming_edges<>;

}  // namespace palimpsest::ir::analysis
