// SPDX-License-Identifier: Apache-2.0
// What the kernel counted: page faults, TLB shootdowns, resident memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <optional>
#include <palimpsest/os/page_faults.hpp>
#include <sstream>
#include <string>
#include <string_view>

namespace serve {

/// Page faults of the calling thread since it began.
inline std::uint64_t page_faults_of_thread() { return palimpsest::os::count_page_faults{}().value; }

/// TLB shootdowns of all processors since the machine started, including those of other programs.
/// Empty if /proc/interrupts does not tell: it has no such line, or one that stays zero, as under a
/// hypervisor that does this work for its guests.
inline std::optional<std::uint64_t> tlb_shootdowns() {
    std::ifstream interrupts("/proc/interrupts");
    for (std::string line; std::getline(interrupts, line);) {
        std::istringstream words(line);
        std::string label;
        words >> label;
        if (label != "TLB:") continue;
        std::uint64_t sum = 0;
        for (std::uint64_t of_processor = 0; words >> of_processor;) sum += of_processor;
        return sum == 0 ? std::nullopt : std::optional(sum);
    }
    return std::nullopt;
}

/// Resident private memory of this process, in bytes; 0 if the kernel does not tell.
inline std::size_t resident_private_bytes() {
    std::ifstream rollup("/proc/self/smaps_rollup");
    for (std::string line; std::getline(rollup, line);) {
        std::istringstream words(line);
        std::string label;
        std::size_t kibibytes = 0;
        if (words >> label >> kibibytes && label == "Anonymous:") return kibibytes * 1024;
    }
    return 0;
}

}  // namespace serve
