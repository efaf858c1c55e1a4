// SPDX-License-Identifier: Apache-2.0
// The kernel's side of write protection: its two descriptors, and what is done with them.
#pragma once

#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/pagemap.hpp>
#include <palimpsest/os/userfaultfd.hpp>
#include <palimpsest/pool/dirty/support.hpp>

namespace palimpsest::dirty {

/// Whether writes to a slot are tracked. They are not when the kernel refused, or in the child of
/// a fork until the slot is mapped anew: then every resident page counts as written.
struct tracked_range {
    bool on = false;
};

class write_tracker {
  public:
    template <class System>
    void open(System& system) {
        pagemap_ = open_or_throw<os::open_pagemap>(system);
        userfaultfd_ = open_or_throw<os::open_write_tracker>(system);
    }

    /// In the child of a fork.
    template <class System>
    void reopen(System& system) noexcept {
        pagemap_ = dirty::reopen<os::open_pagemap>(system);
        userfaultfd_ = dirty::reopen<os::open_write_tracker>(system);
    }

    template <class System>
    tracked_range track(System& system, os::address_range range) const noexcept {
        return {.on = static_cast<bool>(system(os::track_writes{}, userfaultfd_.get(), range))};
    }

    /// Protects what is present and was written.
    template <class System>
    bool protect(System& system, os::address_range range) const noexcept {
        return range.empty() ||
               static_cast<bool>(system(os::protect_written_pages{}, pagemap_.get(), range));
    }

    /// After the pages were given back: removes what protection left behind in their place.
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

}  // namespace palimpsest::dirty
