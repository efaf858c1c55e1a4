// expect: palimpsest: this policy for the role 'reset' does not model the concept reset_policy: hook 'batch': expected static constexpr std::size_t batch, 1 or more; found none
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It lists a constant, but has one with another name.
struct wrong {
    using role = ps::roles::reset;
    using provided_hooks = ps::provides<ps::reset::hook::batch>;
    static constexpr bool finds_dirty_pages = true;
    static constexpr std::size_t batches = 8;

    template <class Slot>
    static bool reset(Slot& slot) noexcept {
        return slot.restore();
    }
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
