// SPDX-License-Identifier: Apache-2.0
// Finds out whether pages can be read, without a signal for unreadable ones.
#pragma once

#include <sys/mman.h>

#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/call.hpp>

namespace palimpsest::os {

/// Brings in the pages of `range`, as reading each of them would. Returns EFAULT if a page cannot
/// be read, such as a guard marker, and EINVAL before Linux 5.14, which has neither this call nor
/// guard markers.
struct populate_readable {
    static constexpr std::string_view name = "madvise MADV_POPULATE_READ";
    status operator()(address_range range) const noexcept {
        constexpr int advice = 22;  // MADV_POPULATE_READ, which is not in every header
        return status_of(::madvise(range.data(), range.size(), advice));
    }
};

}  // namespace palimpsest::os
