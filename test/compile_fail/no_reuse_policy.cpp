// expect: palimpsest: this policy for the role 'reuse' does not model the concept reuse_policy
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// Its list cannot be used.
struct incomplete {
    using role = ps::roles::reuse;
    struct free_list {};
};

using pool_type = ps::instance_pool<incomplete>;
pool_type pool{ps::pool_limits{}};
