// SPDX-License-Identifier: Apache-2.0
// The kernel's side of write protection: its two descriptors, and the calls that use them.
#pragma once

#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/pagemap.hpp>
#include <palimpsest/os/userfaultfd.hpp>
#include <palimpsest/pool/dirty/detail/support.hpp>

namespace palimpsest::dirty::detail {

/// Whether writes to a slot are tracked. They are not if the kernel refused, nor in the child of a
/// fork until the slot is remapped. Then every resident page counts as written.
struct tracked_range {
    bool on = false;
};

/// Tracks writes by userfaultfd and the page map, for write_protect and adaptive. It takes two file
/// descriptors.
class write_tracker {
  public:
    /// Opens both descriptors. Throws std::system_error, which says what to change.
    template <class System>
    void open(System& system) {
        pagemap_ = open_or_throw<os::open_pagemap>(system);
        userfaultfd_ = open_or_throw<os::open_write_tracker>(system);
    }

    /// Reopens both descriptors in the child of a fork.
    template <class System>
    void reopen(System& system) noexcept {
        pagemap_ = detail::reopen<os::open_pagemap>(system);
        userfaultfd_ = detail::reopen<os::open_write_tracker>(system);
    }

    /// Starts tracking writes to `range`, which must be mapped. It protects no page yet.
    template <class System>
    tracked_range track(System& system, os::address_range range) const noexcept {
        return {.on = static_cast<bool>(system(os::track_writes{}, userfaultfd_.get(), range))};
    }

    /// Protects the pages of `range` that hold private memory and were written. False if the kernel
    /// refuses.
    template <class System>
    bool protect(System& system, os::address_range range) const noexcept {
        return range.empty() ||
               static_cast<bool>(system(os::protect_written_pages{}, pagemap_.get(), range));
    }

    /// Removes the markers that protection left in the place of pages. Call it after the pages were
    /// given back.
    template <class System>
    void forget(System& system, const tracked_range& tracked,
                os::address_range range) const noexcept {
        if (tracked.on && !range.empty())
            (void)system(os::lift_write_protection{}, userfaultfd_.get(), range);
    }

    int pagemap() const noexcept { return pagemap_.get(); }

  private:
    os::descriptor pagemap_;
    os::descriptor userfaultfd_;
};

/// Whether the kernel has PAGEMAP_SCAN and userfaultfd with WP_ASYNC, and the process may use both.
/// Also true in a shortage of descriptors or memory, which is reported when a backend needs them.
template <class System>
bool can_track_writes(System& system) noexcept {
    if (!can_scan_pagemap(system)) return false;
    const auto opened = system(os::open_write_tracker{});
    if (!opened) return is_shortage(opened.error);
    const os::descriptor tracker(opened.value);
    const auto page = probe_page(system);
    const auto pagemap = reopen<os::open_pagemap>(system);
    if (page.range().empty() || !pagemap) return true;
    return system(os::track_writes{}, tracker.get(), page.range()) &&
           system(os::protect_written_pages{}, pagemap.get(), page.range());
}

}  // namespace palimpsest::dirty::detail
