// SPDX-License-Identifier: Apache-2.0
// Slots that could not be proved clean. None of them is handed out until it has been emptied.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <palimpsest/os/mutex.hpp>
#include <vector>

namespace palimpsest::detail {

template <class Mutex>
class quarantine {
  public:
    explicit quarantine(std::size_t slots) { slots_.reserve(slots); }

    void put(std::size_t slot) noexcept {
        const os::locked lock(lock_);
        slots_.push_back(static_cast<std::uint32_t>(slot));  // there is room for all
        count_.store(slots_.size(), std::memory_order_relaxed);
    }

    /// Takes no lock.
    bool empty() const noexcept { return count_.load(std::memory_order_relaxed) == 0; }

    /// Lets go of each slot for which `recovered(slot)` is true, and returns their number. Stops
    /// after `most_refusals` slots for which it is false; the next call tries those last.
    template <class Recovered>
    std::size_t try_again(std::size_t most_refusals, Recovered&& recovered) noexcept {
        const os::locked lock(lock_);
        const auto before = slots_.size();
        std::size_t kept = 0;
        std::size_t tried = 0;
        for (; tried < before && kept < most_refusals; ++tried)
            if (!recovered(slots_[tried])) slots_[kept++] = slots_[tried];
        const auto first_kept = slots_.begin();
        const auto untried = first_kept + static_cast<std::ptrdiff_t>(tried);
        // The untried slots move to the front, followed by those that were kept.
        slots_.erase(first_kept + static_cast<std::ptrdiff_t>(kept), untried);
        std::rotate(first_kept, first_kept + static_cast<std::ptrdiff_t>(kept), slots_.end());
        count_.store(slots_.size(), std::memory_order_relaxed);
        return tried - kept;
    }

    // Fork handling.
    void lock() noexcept { lock_.lock(); }
    void unlock() noexcept { lock_.unlock(); }

  private:
    [[no_unique_address]] Mutex lock_{};
    std::vector<std::uint32_t> slots_;
    std::atomic<std::size_t> count_{0};
};

}  // namespace palimpsest::detail
