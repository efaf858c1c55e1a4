// SPDX-License-Identifier: Apache-2.0
// Guard markers (Linux 6.13): pages of a mapping that nobody can access, without a mapping of their
// own. A marker takes the place of a page in the page table, survives MADV_DONTNEED, and looks like
// a swapped page to a scan.
//
// Source: madvise(2), and the kernel's mm/madvise.c. No header of Debian 12 has the numbers.
#pragma once

#include <sys/mman.h>

#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/call.hpp>

namespace palimpsest::os {

/// Turns the mapped pages of `range` into guards, and discards their contents. Returns EINVAL on
/// older kernels, in locked memory, and before Linux 6.15 in the mapping of a file.
struct install_guards {
    static constexpr std::string_view name = "madvise MADV_GUARD_INSTALL";
    status operator()(address_range range) const noexcept {
        constexpr int advice = 102;
        return status_of(::madvise(range.data(), range.size(), advice));
    }
};

/// Removes the guards of `range` and leaves everything else there unchanged. Returns EINVAL in the
/// same cases as install_guards: where no guard can be installed, there is none to remove.
struct remove_guards {
    static constexpr std::string_view name = "madvise MADV_GUARD_REMOVE";
    status operator()(address_range range) const noexcept {
        constexpr int advice = 103;
        return status_of(::madvise(range.data(), range.size(), advice));
    }
};

}  // namespace palimpsest::os
