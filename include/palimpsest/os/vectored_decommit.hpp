// SPDX-License-Identifier: Apache-2.0
// Giving many ranges back to the kernel in one call, and removing the guard markers of many.
//
// process_madvise takes a vector of ranges. Kernels before Linux 6.13 refuse MADV_DONTNEED through
// it (EINVAL), and PIDFD_SELF came even later, so the caller probes and falls back.
#pragma once

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstddef>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/call.hpp>
#include <span>

namespace palimpsest::os {

/// Opens a descriptor of the calling process, for vectored_decommit. The child of a fork opens its
/// own.
struct open_own_process {
    static constexpr std::string_view name = "pidfd_open";
    outcome<int> operator()() const noexcept {
        return outcome_of<int>(::syscall(SYS_pidfd_open, ::getpid(), 0));
    }
};

/// Gives the kernel the same advice for each range in order, for at most IOV_MAX (1024) ranges.
/// Returns the number of bytes handled, which is lower than requested if a range in the middle
/// failed.
template <int Advice>
struct vectored_advice {
    static constexpr std::string_view name = "process_madvise";
    outcome<std::size_t> operator()(int process, std::span<const iovec> ranges) const noexcept {
        return outcome_of<std::size_t>(
            ::syscall(SYS_process_madvise, process, ranges.data(), ranges.size(), Advice, 0));
    }
};

/// Gives many ranges back to the kernel in one call, and so with one TLB shootdown (MADV_DONTNEED).
/// Kernels before Linux 6.13 refuse it with EINVAL.
struct vectored_decommit : vectored_advice<MADV_DONTNEED> {};
/// Removes the guard markers of many ranges in one call (MADV_GUARD_REMOVE, Linux 6.13).
struct vectored_remove_guards : vectored_advice<103> {};

}  // namespace palimpsest::os
