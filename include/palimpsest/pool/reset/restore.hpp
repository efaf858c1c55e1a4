// SPDX-License-Identifier: Apache-2.0
// Writes the image, or zeros, back over the dirty pages, up to the budget, and gives the rest back
// to the kernel. The default: no page fault and no TLB shootdown for the instance that comes next.
#pragma once

#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/role.hpp>

namespace palimpsest::reset {

struct restore {
    using role = role::reset;
    using provided_hooks = provides<>;
    static constexpr bool finds_dirty_pages = true;

    /// False when the dirty pages could not be found: the pool then decommits.
    template <class Slot>
    static bool reset(Slot& slot) noexcept {
        return slot.restore();
    }
};

}  // namespace palimpsest::reset
