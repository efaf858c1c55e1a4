// SPDX-License-Identifier: Apache-2.0
// How the kernel uses huge pages, and what that costs the process.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <string>

namespace palimpsest::test {

/// Whether the setting, "enabled" for private memory and "shmem_enabled" for shared, is "always".
inline bool always_huge(const std::string& setting) {
    std::ifstream file("/sys/kernel/mm/transparent_hugepage/" + setting);
    std::string text;
    std::getline(file, text);
    return text.find("[always]") != std::string::npos;
}

/// The peak of this process's resident bytes since reset_peak.
inline std::size_t peak_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmHWM:", 0) == 0)
            return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
    return 0;
}
inline void reset_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

/// What a file in memory takes.
inline std::size_t bytes_taken_by(int file) {
    struct stat its {};
    return ::fstat(file, &its) == 0 ? static_cast<std::size_t>(its.st_blocks) * 512 : 0;
}

}  // namespace palimpsest::test
