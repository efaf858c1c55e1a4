// SPDX-License-Identifier: Apache-2.0
// Finds out, when a pool is built, which features the kernel has.
#pragma once

#include <sys/prctl.h>

#include <array>
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/pagemap.hpp>
#include <palimpsest/os/raw.hpp>
#include <palimpsest/os/shortage.hpp>
#include <string>

namespace palimpsest::dirty::detail {

/// Whether an error is a shortage, which says nothing about the kernel's features: the backend that
/// needs the descriptor gets the same error and reports it.
using os::is_shortage;

/// Says what to change when a file below /proc/self cannot be opened.
inline std::string advice_on_proc(int error) {
    constexpr int dumpable = 1;
    if (error == ENOENT && !os::descriptor(os::raw::open("/proc/self/stat", O_RDONLY | O_CLOEXEC)))
        return "/proc is not mounted: mount it (mount -t proc proc /proc)";
    if (error == ENOENT) return "this kernel was built without it (CONFIG_PROC_PAGE_MONITOR)";
    if ((error == EACCES || error == EPERM) && ::prctl(PR_GET_DUMPABLE) != dumpable)
        return "the process is not dumpable, and its files below /proc belong to root: call "
               "prctl(PR_SET_DUMPABLE, 1), which setuid and executing a program that the user "
               "cannot read undo, or run as root";
    return "is it allowed to this process (seccomp, security modules)?";
}

/// Says what to change when userfaultfd is refused.
inline std::string advice_on_userfaultfd(int error) {
    if (error == EPERM || error == EACCES)
        return "a seccomp filter, as containers have one, or the setting "
               "vm.unprivileged_userfaultfd forbids userfaultfd to this process: allow it";
    if (error == ENOSYS)
        return "this kernel was built without userfaultfd (CONFIG_USERFAULTFD), or a seccomp "
               "filter hides it";
    return "it is needed with WP_ASYNC (Linux 6.7)";
}

/// Says what to change when a descriptor cannot be opened. It does not blame the kernel version for
/// a problem of the process.
template <os::Call Open>
std::string advice_on_opening(int error) {
    if (is_shortage(error))
        return "a pool takes one or two file descriptors to find dirty pages; " +
               os::advice_on_shortage(error);
    return (requires { Open::path; } ? advice_on_proc(error) : advice_on_userfaultfd(error)) +
           "; or choose a backend without it: dirty::everything, or reset::decommit";
}

/// Opens a descriptor during set-up. Throws std::system_error, which says what to change.
template <os::Call Open, class System>
os::descriptor open_or_throw(System& system) {
    const auto opened = system(Open{});
    if (opened) return os::descriptor(opened.value);
    std::string what = "to find dirty pages";
    if constexpr (requires { Open::path; }) what = Open::path;
    os::throw_failed(Open::name, what, opened.error, advice_on_opening<Open>(opened.error));
}

/// Reopens a descriptor in the child of a fork; returns an empty one if that fails.
template <os::Call Open, class System>
os::descriptor reopen(System& system) noexcept {
    const auto opened = system(Open{});
    return opened ? os::descriptor(opened.value) : os::descriptor();
}

/// Throws std::system_error unless the backend runs on this kernel. Its descriptors are opened
/// first, so that a problem of the process alone gets its own error.
template <class Backend, class System>
void require_support(System& system) {
    if (Backend::template tracker<System>::supported(system)) return;
    os::throw_failed(std::string("dirty::") + Backend::name, "", ENOTSUP,
                     std::string("it needs ") + Backend::needs +
                         ", and a seccomp filter must not forbid it; choose "
                         "dirty::first_supported<dirty::" +
                         Backend::name + ", dirty::everything>, or reset::decommit");
}

/// Maps a page of memory for trials, and writes to it; empty if the kernel refuses.
template <class System>
os::mapping probe_page(System& system) noexcept {
    const auto taken = system(os::reserve{}, os::page_size);
    if (!taken) return {};
    os::mapping page(taken.value);
    if (!system(os::make_accessible{}, taken.value)) return {};
    *static_cast<volatile std::byte*>(page.range().data()) = std::byte{1};
    return page;
}

/// Whether the kernel has PAGEMAP_SCAN and the process may use it. Also true in a shortage of
/// descriptors or memory, which is reported when a backend needs them.
template <class System>
bool can_scan_pagemap(System& system) noexcept {
    const auto opened = system(os::open_pagemap{});
    if (!opened) return is_shortage(opened.error);
    const os::descriptor pagemap(opened.value);
    const auto page = probe_page(system);
    if (page.range().empty()) return true;
    std::array<os::page_region, 1> regions;
    const auto scanned = system(os::scan_pagemap{}, pagemap.get(), page.range(),
                                os::page_filter::resident(), regions, std::size_t{0});
    return scanned && scanned.value.regions == 1;
}

}  // namespace palimpsest::dirty::detail
