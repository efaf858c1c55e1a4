// SPDX-License-Identifier: Apache-2.0
// A count of slots, for compositions that need the number.
#pragma once

#include <atomic>
#include <cstddef>

namespace palimpsest::detail {

class slot_count {
  public:
    std::size_t add() noexcept { return count_.fetch_add(1, std::memory_order_relaxed) + 1; }
    void subtract() noexcept { count_.fetch_sub(1, std::memory_order_relaxed); }

  private:
    std::atomic<std::size_t> count_{0};
};

struct no_slot_count {
    static constexpr void subtract() noexcept {}
};

}  // namespace palimpsest::detail
