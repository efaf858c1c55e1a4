// SPDX-License-Identifier: Apache-2.0
// A number for each thread, which no other thread of the process ever gets.
#pragma once

#include <atomic>
#include <cstdint>
#include <palimpsest/os/fork_hooks.hpp>

namespace palimpsest::detail {

inline std::uint64_t next_thread_number() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

/// The number of a thread and where it is valid: the thread that forks gets a new number in the
/// child.
struct numbered_thread {
    std::uint64_t number = 0;  // 0: not asked for yet
    std::uint64_t fork_generation = 0;
};

inline constinit thread_local numbered_thread this_thread{};

/// The number of the calling thread, counted from 1.
inline std::uint64_t thread_number() noexcept {
    const auto generation = os::fork_generation.load(std::memory_order_relaxed);
    if (this_thread.number == 0 || this_thread.fork_generation != generation) [[unlikely]]
        this_thread = {next_thread_number(), generation};
    return this_thread.number;
}

}  // namespace palimpsest::detail
