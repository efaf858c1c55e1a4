// SPDX-License-Identifier: Apache-2.0
// The blocks that lead to each block.
#pragma once

#include <cstddef>
#include <palimpsest/ir/analysis/successor_view.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/light_vector.hpp>
#include <span>

namespace palimpsest::ir::analysis {

/// The blocks that branch to each block, in one array, as of when it was made. Unreachable blocks
/// are listed too, and a block that branches twice to another is listed twice. Takes time and
/// memory linear in blocks and branches.
template <class Tag = void>
class basic_predecessors {
  public:
    explicit basic_predecessors(const function& of) : ends_(of.block_count() + 1) {
        for_each_edge(of, [&](block, block to) { ++ends_[to.index() + 1]; });
        for (std::size_t index = 1; index < ends_.size(); ++index) ends_[index] += ends_[index - 1];
        all_.resize(ends_.back());
        auto next = ends_;
        for_each_edge(of, [&](block from, block to) { all_[next[to.index()]++] = from; });
    }

    /// The blocks that branch to a block.
    std::span<const block> operator[](block of) const noexcept {
        const auto begin = ends_[of.index()];
        return {all_.begin() + begin, ends_[of.index() + 1] - begin};
    }

  private:
    template <class Visit>
    static void for_each_edge(const function& of, Visit&& visit) {
        for (const auto from : of.blocks()) {
            const successor_view all(of, from);
            for (std::size_t place = 0; place < all.size(); ++place) visit(from, all[place]);
        }
    }

    light_vector<std::size_t> ends_;  // of the lists; each begins where the previous one ends
    light_vector<block> all_;
};
using predecessors = basic_predecessors<>;

}  // namespace palimpsest::ir::analysis
