// expect: palimpsest: this policy for the role 'observe' does not model the concept observe_policy
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It sees one event, and does not take the others.
struct incomplete {
    using role = ps::roles::observe;
    void see(const ps::event::acquired&) noexcept {}
};

using pool_type = ps::instance_pool<incomplete>;
pool_type pool{ps::pool_limits{}};
