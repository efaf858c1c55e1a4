// What the kernel under the test can do, for PALIMPSEST_SKIP_UNLESS.
#pragma once

#include <palimpsest/os/call.hpp>
#include <palimpsest/pool/dirty/soft_dirty.hpp>
#include <palimpsest/pool/dirty/support.hpp>
#include <palimpsest/pool/dirty/write_tracker.hpp>

#include "support/pages.hpp"
#include "support/scratch_memory.hpp"

namespace palimpsest::test {

inline constexpr const char* no_pagemap_scan = "this kernel has no PAGEMAP_SCAN (Linux 6.7)";
inline constexpr const char* no_write_tracking =
    "this kernel has no userfaultfd with WP_ASYNC (Linux 6.7), or forbids it";
inline constexpr const char* no_soft_dirty = "this kernel was built without CONFIG_MEM_SOFT_DIRTY";

inline constexpr const char* no_zero_page =
    "this kernel gives memory that is only read pages of its own, not the shared zero page";

inline bool has_pagemap_scan() {
    os::direct_system kernel;
    return dirty::can_scan_pagemap(kernel);
}

inline bool has_write_tracking() {
    os::direct_system kernel;
    return dirty::can_track_writes(kernel);
}

inline bool has_soft_dirty() {
    os::direct_system kernel;
    return dirty::soft_dirty::tracker<os::direct_system>::supported(kernel);
}

/// Whether a page that is only read is the shared zero page. Needs PAGEMAP_SCAN.
inline bool has_zero_page() {
    const scratch_memory memory(1);
    read_pages(memory.bytes(), 0, 1);
    return resident_pages(memory.range()) == 0;
}

}  // namespace palimpsest::test
