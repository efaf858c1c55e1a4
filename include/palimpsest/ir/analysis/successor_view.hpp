// SPDX-License-Identifier: Apache-2.0
// The blocks that follow a block.
#pragma once

#include <cstddef>
#include <palimpsest/ir/function.hpp>
#include <span>

namespace palimpsest::ir::analysis {

/// The blocks that a block branches to, in the order of its targets.
template <class = void>
class basic_successor_view {
  public:
    basic_successor_view(const function& of, block from) noexcept {
        if (const auto last = of.last(from)) targets_ = of.targets(last);
    }
    std::size_t size() const noexcept { return targets_.size(); }
    block operator[](std::size_t place) const noexcept { return targets_[place].to; }

  private:
    std::span<const block_call> targets_;
};
using successor_view = basic_successor_view<>;

}  // namespace palimpsest::ir::analysis
