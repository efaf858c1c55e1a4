// SPDX-License-Identifier: Apache-2.0
// The number of mappings that the process has, and the number that it may have (vm.max_map_count).
//
// At the limit the kernel refuses each new mapping, even one that replaces others, and each change
// that splits a mapping.
#pragma once

#include <time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <palimpsest/os/call.hpp>
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/kernel_setting.hpp>
#include <palimpsest/os/raw.hpp>

namespace palimpsest::os {

/// Counts the lines of /proc/self/maps. Takes 0.5 µs per line, which is 30 ms at the default limit,
/// and no memory. It may count one more than the kernel does (the page [vsyscall]).
struct count_mappings {
    static constexpr std::string_view name = "read /proc/self/maps";
    outcome<std::size_t> operator()() const noexcept {
        const descriptor maps(raw::open("/proc/self/maps", O_RDONLY | O_CLOEXEC));
        if (!maps) return {0, errno};
        std::array<char, 4096> text;  // a call returns no more, however large the buffer
        std::size_t lines = 0;
        for (;;) {
            const auto got = raw::read(maps.get(), text.data(), text.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return {0, errno};
            if (got == 0) return {lines, 0};
            lines += static_cast<std::size_t>(std::count(text.data(), text.data() + got, '\n'));
        }
    }
};

/// Reads how many mappings a process may have: vm.max_map_count, 65,530 unless somebody changed it.
struct most_mappings {
    static constexpr std::string_view name = "read /proc/sys/vm/max_map_count";
    outcome<std::size_t> operator()() const noexcept {
        const auto read = read_setting{}("/proc/sys/vm/max_map_count");
        return {static_cast<std::size_t>(read.value), read.error};
    }
};

/// Counts the mappings of the process, and reuses a recent count: it keeps a count for 20 times as
/// long as counting took, so that constant asking costs 5% of a thread. It counts again once this
/// library has given many mappings back. Thread-safe; one thread counts at a time, and meanwhile
/// the others get the last count.
class mapping_counter {
  public:
    /// Fewer mappings are not worth a count.
    static constexpr std::size_t few = 1024;

    /// Tells all counters that some pool has unmapped `mappings`. Call it afterwards.
    static void given_back(std::size_t mappings) noexcept {
        if (mappings > few) given_back_.fetch_add(1, std::memory_order_relaxed);
    }

    /// The mappings of the process, counted now or recently. Returns the error of count_mappings if
    /// that fails.
    template <class System>
    outcome<std::size_t> count(System& system) noexcept {
        const auto given_back = given_back_.load(std::memory_order_relaxed);
        if (counted_after_.exchange(given_back, std::memory_order_relaxed) != given_back)
            next_.store(0, std::memory_order_relaxed);
        const auto last = counted_.load(std::memory_order_relaxed);
        const auto begin = now();
        auto due = next_.load(std::memory_order_relaxed);
        if (last != 0 && begin < due) return {last, 0};
        // Other threads rely on this count for a limited time only, because a child that is forked
        // meanwhile has no thread that will finish it.
        if (last != 0 && !next_.compare_exchange_strong(due, begin + longest_count))
            return {last, 0};
        const auto made = system(count_mappings{});
        if (made) counted_.store(made.value, std::memory_order_relaxed);
        const auto end = now();
        next_.store(end + 20 * (end - begin), std::memory_order_relaxed);
        return made;
    }

  private:
    static constexpr std::uint64_t longest_count = 1'000'000'000;

    /// Nanoseconds of a monotonic clock. Takes no system call.
    static std::uint64_t now() noexcept {
        timespec at{};
        (void)::clock_gettime(CLOCK_MONOTONIC, &at);
        return static_cast<std::uint64_t>(at.tv_sec) * 1'000'000'000U +
               static_cast<std::uint64_t>(at.tv_nsec);
    }

    static inline std::atomic<std::uint64_t> given_back_{0};  // how often many were
    std::atomic<std::uint64_t> counted_after_{0};
    std::atomic<std::size_t> counted_{0};  // 0: never
    std::atomic<std::uint64_t> next_{0};
};

}  // namespace palimpsest::os
