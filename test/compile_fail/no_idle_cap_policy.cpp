// expect: palimpsest: this policy for the role 'idle_cap' does not model the concept idle_cap_policy
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It names pages instead of bytes.
struct incomplete {
    using role = ps::roles::idle_cap;
    static constexpr int pages = 10;
};

using pool_type = ps::instance_pool<incomplete>;
pool_type pool{ps::pool_limits{}};
