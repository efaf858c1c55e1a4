// expect: palimpsest: this policy for the role 'threading' does not model the concept threading_policy
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// Its mutex cannot be locked.
struct incomplete {
    using role = ps::roles::threading;
    struct mutex {};
};

using pool_type = ps::instance_pool<incomplete>;
pool_type pool{ps::pool_limits{}};
