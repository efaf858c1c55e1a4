// expect: palimpsest: this policy for the role 'reset' does not model the concept reset_policy: hook 'batch': expected static constexpr std::size_t batch, 1 or more; found none
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// The reset in a batch is checked as if it were given alone.
struct wrong {
    using role = ps::roles::reset;
    using provided_hooks = ps::provides<ps::reset::hook::batch>;
    static constexpr bool finds_dirty_pages = true;

    template <class Slot>
    static bool reset(Slot& slot) noexcept {
        return slot.restore();
    }
};

using pool_type = ps::instance_pool<ps::reset::batched<8, wrong>>;
pool_type pool{ps::pool_limits{}};
