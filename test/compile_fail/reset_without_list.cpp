// expect: palimpsest: this policy for the role 'reset' does not model the concept reset_policy: hook 'provided_hooks': expected `using provided_hooks = palimpsest::provides<...>;`, with those of reset/hook.hpp that it has; found none
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It does not say that it has no batch.
struct wrong {
    using role = ps::roles::reset;
    static constexpr bool finds_dirty_pages = true;

    template <class Slot>
    static bool reset(Slot& slot) noexcept {
        return slot.restore();
    }
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
