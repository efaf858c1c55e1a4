// Which blocks follow which, and which of them every way leads through.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/post_order.hpp>
#include <palimpsest/ir/function.hpp>
#include <span>
#include <utility>
#include <vector>

namespace palimpsest::ir {

/// The blocks that a block branches to, in the order of its targets.
class successor_view {
  public:
    successor_view(const function& of, block from) noexcept {
        if (const auto last = of.last(from)) targets_ = of.targets(last);
    }
    std::size_t size() const noexcept { return targets_.size(); }
    block operator[](std::size_t place) const noexcept { return targets_[place].to; }

  private:
    std::span<const block_call> targets_;
};

/// Blocks that can be reached from the entry, each after all that it leads to, but for loops. All
/// branches must lead to blocks that are placed.
inline std::vector<block> post_order(const function& of) {
    if (!of.entry()) return {};
    return palimpsest::detail::post_order(
        of.entry(), of.block_count(), [](block at) { return at.index(); },
        [&](block at) { return successor_view(of, at); });
}

/// The dominator tree of the blocks that can be reached, found by the iteration of Cooper, Harvey
/// and Kennedy ("A Simple, Fast Dominance Algorithm", 2001).
class dominators {
  public:
    explicit dominators(const function& of)
        : numbers_(of.block_count(), unreachable), parents_(of.block_count()) {
        auto order = post_order(of);
        for (std::size_t number = 0; number < order.size(); ++number)
            numbers_[order[number].index()] = static_cast<std::uint32_t>(number);
        std::reverse(order.begin(), order.end());
        if (order.empty()) return;
        const auto before = predecessors(of, order);
        parents_[order[0].index()] = order[0];
        for (bool changed = true; changed;) {
            changed = false;
            for (std::size_t place = 1; place < order.size(); ++place)
                changed |= improve(order[place], before[order[place].index()]);
        }
    }

    bool is_reachable(block which) const noexcept { return numbers_[which.index()] != unreachable; }
    /// Whether every way from the entry to `other`, which can be reached, leads through `one`. A
    /// block dominates itself. Takes time linear in the depth of the tree.
    bool dominates(block one, block other) const noexcept {
        while (number(other) < number(one)) other = parents_[other.index()];
        return one == other;
    }
    /// The nearest that dominates it; of the entry, itself.
    block parent(block of) const noexcept { return parents_[of.index()]; }

  private:
    static constexpr std::uint32_t unreachable = ~std::uint32_t{0};

    std::uint32_t number(block of) const noexcept { return numbers_[of.index()]; }

    std::vector<std::vector<block>> predecessors(const function& of,
                                                 const std::vector<block>& order) const {
        std::vector<std::vector<block>> made(of.block_count());
        for (const auto from : order) {
            const successor_view all(of, from);
            for (std::size_t place = 0; place < all.size(); ++place)
                made[all[place].index()].push_back(from);
        }
        return made;
    }

    bool improve(block which, const std::vector<block>& before) {
        block nearest;
        for (const auto one : before) {
            if (!parents_[one.index()]) continue;  // not looked at yet
            nearest = nearest ? common(nearest, one) : one;
        }
        return std::exchange(parents_[which.index()], nearest) != nearest;
    }
    block common(block one, block other) const noexcept {
        while (one != other) {
            while (number(one) < number(other)) one = parents_[one.index()];
            while (number(other) < number(one)) other = parents_[other.index()];
        }
        return one;
    }

    std::vector<std::uint32_t> numbers_;  // in post order
    std::vector<block> parents_;
};

}  // namespace palimpsest::ir
