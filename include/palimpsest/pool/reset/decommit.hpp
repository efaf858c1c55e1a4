// SPDX-License-Identifier: Apache-2.0
// Gives all pages back to the kernel, as pools did before page maps. Nothing stays resident in a
// free slot, and the next instance takes a page fault for each page it touches. Host code that
// installs guard markers (MADV_GUARD_INSTALL) in a slot says so with `slot.announce_write()`.
#pragma once

#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::reset {

/// Gives all pages of the slot back to the kernel. It needs no backend that finds dirty pages, and
/// leaves no memory in free slots. Choose it on old kernels, or for instances that write most of
/// their memory; the next instance takes a page fault for each page it touches.
struct decommit {
    using role = roles::reset;
    using provided_hooks = provides<>;
    static constexpr bool finds_dirty_pages = false;

    template <class Slot>
    static bool reset(Slot& slot) noexcept {
        return slot.decommit();
    }
};

}  // namespace palimpsest::reset
