// SPDX-License-Identifier: Apache-2.0
// Finds out whether the calling thread has taken a page fault since some earlier moment.
//
// Each thread remembers its count from when it last left a guest. A window that is opened later
// starts from that number, which saves a system call. The true count can only be higher, so a fault
// in between makes the window look faulted, never the other way round.
#pragma once

#include <cstdint>
#include <palimpsest/os/page_faults.hpp>
#include <palimpsest/pool/detail/thread_number.hpp>

namespace palimpsest::dirty::detail {

/// The count of page faults that a thread remembers from one window to the next.
struct thread_faults {
    std::uint64_t thread = 0;  // the thread counted; it has another number in a forked child
    std::uint64_t at_last_leave = 0;
    bool host_faults = false;  // the host's own code faults between guests: count again on entry
};

inline constinit thread_local thread_faults this_thread_faults{};

/// A stretch of time on one thread, from open() to close_without_fault().
class fault_window {
  public:
    /// Begins the window on the calling thread. Makes a system call only if the remembered count
    /// cannot be used.
    template <class System>
    void open(System& system) noexcept {
        thread_ = palimpsest::detail::thread_number();
        auto& mine = this_thread_faults;
        if (mine.thread != thread_ || mine.host_faults) refresh(system, mine);
        count_at_open_ = mine.at_last_leave;
    }

    /// Ends the window with one system call. True if no page fault can have happened on this thread
    /// since the window was opened on it; false if it was opened on another thread.
    template <class System>
    bool close_without_fault(System& system) noexcept {
        const auto opened_by = thread_;
        thread_ = 0;
        if (opened_by != palimpsest::detail::thread_number()) return false;
        const auto counted = system(os::count_page_faults{});
        if (!counted) return false;
        this_thread_faults.at_last_leave = counted.value;
        return counted.value == count_at_open_;
    }

    /// Whether the calling thread opened the window and has not closed it since.
    bool is_open_here() const noexcept { return thread_ == palimpsest::detail::thread_number(); }

    /// Records that the faults of the last window were not the guest's, so that the next window
    /// counts again when it is opened.
    static void blame_host() noexcept { this_thread_faults.host_faults = true; }

  private:
    template <class System>
    void refresh(System& system, thread_faults& mine) noexcept {
        const auto counted = system(os::count_page_faults{});
        // Without a count, the window can never be closed as fault-free.
        if (!counted) {
            thread_ = 0;
            return;
        }
        mine.host_faults = mine.thread == thread_ && counted.value != mine.at_last_leave;
        mine.thread = thread_;
        mine.at_last_leave = counted.value;
    }

    std::uint64_t thread_ = 0;  // 0: closed
    std::uint64_t count_at_open_ = 0;
};

}  // namespace palimpsest::dirty::detail
