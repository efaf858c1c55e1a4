// A number for each thread, never given twice in a process.
#pragma once

#include <atomic>
#include <cstdint>

namespace palimpsest::detail {

inline std::uint64_t next_thread_number() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

/// 0: not asked for yet. Set back to 0 in the child of a fork, where the thread is another one.
inline constinit thread_local std::uint64_t this_thread_number = 0;

/// From 1.
inline std::uint64_t thread_number() noexcept {
    if (this_thread_number == 0) [[unlikely]]
        this_thread_number = next_thread_number();
    return this_thread_number;
}

}  // namespace palimpsest::detail
