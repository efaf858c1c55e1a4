// expect: palimpsest: this policy for the role 'budget' does not model the concept budget_policy
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It has no purse.
struct incomplete {
    using role = ps::roles::budget;
    struct account {};
};

using pool_type = ps::instance_pool<incomplete>;
pool_type pool{ps::pool_limits{}};
