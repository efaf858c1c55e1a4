// SPDX-License-Identifier: Apache-2.0
// Remaps the slot in each reset: the oldest method, kept for comparison.
#pragma once

#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::reset {

/// Remaps the slot. Choose it only as a baseline for comparisons: each reset takes several system
/// calls, and the next instance takes page faults as after a decommit.
struct remap {
    using role = roles::reset;
    using provided_hooks = provides<>;
    static constexpr bool finds_dirty_pages = false;

    template <class Slot>
    static bool reset(Slot& slot) noexcept {
        return slot.remap();
    }
};

}  // namespace palimpsest::reset
