// SPDX-License-Identifier: Apache-2.0
// Giving many ranges back to the kernel in one call, and removing the guard markers of many.
//
// process_madvise takes a vector of ranges. Kernels before Linux 6.13 refuse MADV_DONTNEED through
// it (EINVAL), and PIDFD_SELF came later still, so the caller probes and falls back.
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

/// A descriptor of the own process, for vectored_decommit. It belongs to the process that made it.
struct open_own_process {
    static constexpr std::string_view name = "pidfd_open";
    outcome<int> operator()() const noexcept {
        return outcome_of<int>(::syscall(SYS_pidfd_open, ::getpid(), 0));
    }
};

/// One advice for each range in order, IOV_MAX (1024) ranges at the most. Gives the bytes that were
/// handled; fewer than asked for when a range in the middle failed.
template <int Advice>
struct vectored_advice {
    static constexpr std::string_view name = "process_madvise";
    outcome<std::size_t> operator()(int process, std::span<const iovec> ranges) const noexcept {
        return outcome_of<std::size_t>(::syscall(SYS_process_madvise, process, ranges.data(),
                                                 ranges.size(), Advice, 0));
    }
};

struct vectored_decommit : vectored_advice<MADV_DONTNEED> {};
/// MADV_GUARD_REMOVE, Linux 6.13: see guard_marker.hpp.
struct vectored_remove_guards : vectored_advice<103> {};

}  // namespace palimpsest::os
