// SPDX-License-Identifier: Apache-2.0
// The number of page faults that the calling thread has taken.
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <palimpsest/os/call.hpp>

namespace palimpsest::os {

/// Counts the minor and major page faults of the calling thread since it began. Takes one system
/// call: 0.3 µs, or 1 µs if the kernel isolates its page tables.
struct count_page_faults {
    static constexpr std::string_view name = "getrusage";
    outcome<std::uint64_t> operator()() const noexcept {
        rusage usage;
        if (::getrusage(RUSAGE_THREAD, &usage) != 0) return {0, errno};
        return {static_cast<std::uint64_t>(usage.ru_minflt) +
                    static_cast<std::uint64_t>(usage.ru_majflt),
                0};
    }
};

}  // namespace palimpsest::os
