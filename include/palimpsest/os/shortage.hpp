// SPDX-License-Identifier: Apache-2.0
// Advice for set-up errors when something has run out: which setting is the limit, its current
// value, and what to change.
#pragma once

#include <sys/resource.h>

#include <cerrno>
#include <cstdint>
#include <palimpsest/os/call.hpp>
#include <palimpsest/os/kernel_setting.hpp>
#include <string>

namespace palimpsest::os {

/// The number of file descriptors that the process may have open (RLIMIT_NOFILE).
struct descriptor_limits {
    std::uint64_t soft = 0;  // the limit in force
    std::uint64_t hard = 0;  // the most that the process can raise it to, unprivileged
};
/// Reads how many file descriptors the process may have open.
struct most_descriptors {
    static constexpr std::string_view name = "getrlimit";
    outcome<descriptor_limits> operator()() const noexcept {
        rlimit limit{};
        if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {{}, errno};
        return {{limit.rlim_cur, limit.rlim_max}, 0};
    }
};

/// Whether an error number says that the process or the system ran out of descriptors or memory.
constexpr bool is_shortage(int error) noexcept {
    return error == EMFILE || error == ENFILE || error == ENOMEM;
}

/// Says what to change about a shortage; returns an empty string for any other error number. Throws
/// std::bad_alloc.
inline std::string advice_on_shortage(int error) {
    if (error == EMFILE) {
        const auto most = most_descriptors{}().value;
        return "the process may have " + std::to_string(most.soft) +
               " file descriptors (RLIMIT_NOFILE; the hard limit is " + std::to_string(most.hard) +
               "): close some, or raise it by ulimit -n or setrlimit";
    }
    if (error == ENFILE) {
        const auto most = read_setting{}("/proc/sys/fs/file-max");
        return "all processes together may have " +
               (most ? std::to_string(most.value) : std::string("no more")) +
               " open files (fs.file-max): close some, or raise it by sysctl -w fs.file-max=...";
    }
    if (error == ENOMEM)
        return "the kernel has no memory left for it, or the process no address space (RLIMIT_AS) "
               "or no mappings (vm.max_map_count): free some, or raise the limit";
    return {};
}

}  // namespace palimpsest::os
