// SPDX-License-Identifier: Apache-2.0
// Writes the image, or zeros, back over the dirty pages, up to the budget, and gives the rest back
// to the kernel. The default.
#pragma once

#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::reset {

/// Writes the image, or zeros, back over the dirty pages, up to the budget, and gives the rest back
/// to the kernel. The default: the next instance takes no page fault for a restored page, and the
/// reset causes no TLB shootdown. It pays off as long as instances dirty few pages.
struct restore {
    using role = roles::reset;
    using provided_hooks = provides<>;
    static constexpr bool finds_dirty_pages = true;

    /// False if the dirty pages could not be found: the pool then decommits.
    template <class Slot>
    static bool reset(Slot& slot) noexcept {
        return slot.restore();
    }
};

}  // namespace palimpsest::reset
