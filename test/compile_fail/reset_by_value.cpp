// expect: palimpsest: this policy for the role 'reset' does not model the concept reset_policy: hook 'reset': expected template <class Slot> static bool reset(Slot&) noexcept; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It resets a copy of the slot.
struct wrong {
    using role = ps::roles::reset;
    using provided_hooks = ps::provides<>;
    static constexpr bool finds_dirty_pages = true;
    template <class Slot>
    static bool reset(Slot slot) noexcept {
        return slot.restore();
    }
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
