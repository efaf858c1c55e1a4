// expect: palimpsest: this policy for the role 'system' does not model the concept system_policy
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// Its calls have no outcome.
struct incomplete {
    using role = ps::roles::system;
    template <class Call, class... Arguments>
    void operator()(Call, Arguments&&...) const noexcept {}
};

using pool_type = ps::instance_pool<incomplete>;
pool_type pool{ps::pool_limits{}};
