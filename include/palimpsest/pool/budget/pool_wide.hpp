// SPDX-License-Identifier: Apache-2.0
// One budget for the whole pool, which bounds the memory that all free slots keep together.
//
// A slot holds the pages that it took until its next reset, which takes pages again. For hosts that
// bound the memory of the pool as a whole and have a few busy slots among many idle ones.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <palimpsest/pool/budget/hook.hpp>
#include <palimpsest/pool/detail/budget_pages.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::budget {

/// All free slots together keep at most `Bytes` resident. Choose it to bound the pool as a whole
/// when few slots are busy. Thread-safe: slots draw pages from an atomic counter, without locks.
template <std::size_t Bytes>
class pool_wide {
  public:
    using role = roles::budget;
    using provided_hooks = provides<hook::keeps>;

    static constexpr std::size_t most_bytes(std::size_t, std::size_t) noexcept { return Bytes; }

    /// Pages that a slot holds from its last reset.
    struct account {
        std::size_t held = 0;
    };

    /// Also charges the resident pages that the reset did not have to restore. False if the budget
    /// cannot cover them.
    bool keeps(account& of, std::size_t resident) noexcept {
        if (resident > of.held) of.held += take(resident - of.held);
        return resident <= of.held;
    }

    /// Spends from the pool's budget for one reset, starting with the pages that the slot already
    /// held. Its destructor returns what is unused.
    class purse {
      public:
        purse(pool_wide& pool, account& account) noexcept
            : pool_(pool), account_(account), pocket_(account.held) {
            account_.held = 0;
        }
        purse(const purse&) = delete;
        purse& operator=(const purse&) = delete;
        ~purse() { pool_.give(pocket_); }

        std::size_t most() const noexcept { return pocket_ + pool_.left(); }
        std::size_t take(std::size_t, std::size_t pages) noexcept {
            if (pages > pocket_) pocket_ += pool_.take(pages - pocket_);
            const auto taken = std::min(pages, pocket_);
            pocket_ -= taken;
            account_.held += taken;
            return taken;
        }
        void put_back(std::size_t, std::size_t pages) noexcept {
            account_.held -= pages;
            pocket_ += pages;
        }
        static constexpr bool next_entity_may_have_more = false;

      private:
        pool_wide& pool_;
        account& account_;
        std::size_t pocket_;
    };

  private:
    std::size_t left() const noexcept { return left_.load(std::memory_order_relaxed); }
    void give(std::size_t pages) noexcept {
        if (pages != 0) left_.fetch_add(pages, std::memory_order_relaxed);
    }
    std::size_t take(std::size_t pages) noexcept {
        auto left = left_.load(std::memory_order_relaxed);
        while (left != 0) {
            const auto taken = std::min(left, pages);
            if (left_.compare_exchange_weak(left, left - taken, std::memory_order_relaxed))
                return taken;
        }
        return 0;
    }

    std::atomic<std::size_t> left_{detail::pages_in(Bytes)};
};

}  // namespace palimpsest::budget
