// SPDX-License-Identifier: Apache-2.0
// Maps the slot anew: the baseline of old, for comparison. Several system calls a reset, and page
// faults as after a decommit.
#pragma once

#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/role.hpp>

namespace palimpsest::reset {

struct remap {
    using role = role::reset;
    using provided_hooks = provides<>;
    static constexpr bool finds_dirty_pages = false;

    template <class Slot>
    static bool reset(Slot& slot) noexcept {
        return slot.remap();
    }
};

}  // namespace palimpsest::reset
