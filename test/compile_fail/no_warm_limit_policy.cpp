// expect: palimpsest: this policy for the role 'warm_limit' does not model the concept warm_limit_policy
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It names bytes instead of slots.
struct incomplete {
    using role = ps::roles::warm_limit;
    static constexpr int bytes = 10;
};

using pool_type = ps::instance_pool<incomplete>;
pool_type pool{ps::pool_limits{}};
