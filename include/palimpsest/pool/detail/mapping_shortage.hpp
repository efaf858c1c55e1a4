// SPDX-License-Identifier: Apache-2.0
// The error of acquire if the kernel refuses to map an image: how many mappings there are, how many
// there may be, and what to change.
#pragma once

#include <cstddef>
#include <palimpsest/os/call.hpp>
#include <string>

namespace palimpsest::detail {

/// Advice on a lack of mappings: those `used` by the process, the `most` that it may have, and
/// those `needed` for one slot of the image. Throws std::bad_alloc.
inline std::string mapping_advice(os::outcome<std::size_t> used, os::outcome<std::size_t> most,
                                  std::size_t needed) {
    return "the process has " + (used ? std::to_string(used.value) : "an unknown number of") +
           " mappings, and each slot of this image takes up to " + std::to_string(needed) +
           "; vm.max_map_count is " + (most ? std::to_string(most.value) : "not known") +
           ": raise it (sysctl -w vm.max_map_count=N) or use fewer slots. If mappings are not "
           "short, "
           "memory or address space is (RLIMIT_AS, RLIMIT_DATA, the cgroup's limit)";
}

/// Throws std::system_error.
[[noreturn]] inline void throw_unmapped(std::string_view call, std::size_t count, const char* what,
                                        std::size_t slot, int error, const char* why,
                                        const std::string& advice) {
    os::throw_failed(call, std::to_string(count) + " " + what + " of slot " + std::to_string(slot),
                     error, why + advice);
}

}  // namespace palimpsest::detail
