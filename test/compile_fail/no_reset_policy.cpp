// expect: palimpsest: this policy for the role 'reset' does not model the concept reset_policy
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// Its reset could throw.
struct incomplete {
    using role = ps::roles::reset;
    static constexpr bool finds_dirty_pages = true;

    template <class Slot>
    static bool reset(Slot& slot) {
        return slot.restore();
    }
};

using pool_type = ps::instance_pool<incomplete>;
pool_type pool{ps::pool_limits{}};
