// SPDX-License-Identifier: Apache-2.0
// The part of userfaultfd that the tracking of writes needs (WP_ASYNC, Linux 6.7): the kernel lifts
// the protection of a page itself when somebody writes to it, and remembers that it did.
//
// Source: the kernel's Documentation/admin-guide/mm/userfaultfd.rst.
#pragma once

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/call.hpp>
#include <palimpsest/os/raw.hpp>

namespace palimpsest::os {

/// Opens a userfaultfd that tracks writes. It belongs to the memory of the process that opened it,
/// so the child of a fork opens its own and registers its memory again.
struct open_write_tracker {
    static constexpr std::string_view name = "userfaultfd";
    outcome<int> operator()() const noexcept {
        constexpr int user_mode_only = 1;  // allowed without privileges; nothing is handled here
        const auto opened = ::syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | user_mode_only);
        if (opened < 0) return {-1, errno};
        const int file = static_cast<int>(opened);
        uffdio_api handshake{};
        handshake.api = UFFD_API;
        // UFFD_FEATURE_WP_HUGETLBFS_SHMEM, because images are shared memory mapped copy-on-write,
        // and UFFD_FEATURE_WP_ASYNC. Debian 12's headers lack both.
        handshake.features = std::uint64_t{1} << 12U | std::uint64_t{1} << 15U;
        if (::ioctl(file, UFFDIO_API, &handshake) == 0) return {file, 0};
        const int error = errno;
        (void)raw::close(file);
        return {-1, error};
    }
};

/// Registers `range` with a userfaultfd, so that its pages can be write-protected. It protects none
/// yet. The range must be mapped.
struct track_writes {
    static constexpr std::string_view name = "ioctl UFFDIO_REGISTER";
    status operator()(int tracker, address_range range) const noexcept {
        uffdio_register request{};
        request.range = {range.begin, range.size()};
        request.mode = UFFDIO_REGISTER_MODE_WP;
        return status_of(::ioctl(tracker, UFFDIO_REGISTER, &request));
    }
};

/// Lifts the write protection of `range`, and removes the markers that a decommit leaves in place
/// of protected file pages. To a scan such a marker looks like a swapped page.
struct lift_write_protection {
    static constexpr std::string_view name = "ioctl UFFDIO_WRITEPROTECT";
    status operator()(int tracker, address_range range) const noexcept {
        uffdio_writeprotect request{};
        request.range = {range.begin, range.size()};
        request.mode = 0;
        return status_of(::ioctl(tracker, UFFDIO_WRITEPROTECT, &request));
    }
};

}  // namespace palimpsest::os
