// SPDX-License-Identifier: Apache-2.0
// The soft-dirty bit, which shows the pages that were written since it was last cleared.
//
// It is cleared for the whole process at once, and only kernels built with CONFIG_MEM_SOFT_DIRTY
// have it. Source: the kernel's Documentation/admin-guide/mm/soft-dirty.rst.
#pragma once

#include <palimpsest/os/call.hpp>
#include <palimpsest/os/raw.hpp>

namespace palimpsest::os {

/// Opens the file through which this process clears its soft-dirty bits, for clear_soft_dirty. The
/// child of a fork opens its own.
struct open_clear_refs {
    static constexpr std::string_view name = "open";
    static constexpr const char* path = "/proc/self/clear_refs";
    outcome<int> operator()() const noexcept {
        return outcome_of<int>(raw::open(path, O_WRONLY | O_CLOEXEC));
    }
};

/// Clears the soft-dirty bits of all pages of the process. The call walks all memory of the
/// process, and each page that is written afterwards takes a page fault.
struct clear_soft_dirty {
    static constexpr std::string_view name = "write";
    status operator()(int clear_refs) const noexcept {
        return status_of(raw::write(clear_refs, "4", 1));
    }
};

}  // namespace palimpsest::os
