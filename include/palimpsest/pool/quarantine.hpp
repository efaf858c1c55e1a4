// Slots that could not be proved clean. Nobody is given one of them before it has been emptied.
#pragma once

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

    /// Costs no lock.
    bool empty() const noexcept { return count_.load(std::memory_order_relaxed) == 0; }

    /// Lets go of each slot for which `recovered(slot)` is true; gives how many these are.
    template <class Recovered>
    std::size_t try_again(Recovered&& recovered) noexcept {
        const os::locked lock(lock_);
        const auto before = slots_.size();
        std::erase_if(slots_, recovered);
        count_.store(slots_.size(), std::memory_order_relaxed);
        return before - slots_.size();
    }

    // Around fork.
    void lock() noexcept { lock_.lock(); }
    void unlock() noexcept { lock_.unlock(); }

  private:
    [[no_unique_address]] Mutex lock_{};
    std::vector<std::uint32_t> slots_;
    std::atomic<std::size_t> count_{0};
};

}  // namespace palimpsest::detail
