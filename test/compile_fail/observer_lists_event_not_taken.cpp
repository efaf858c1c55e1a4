// expect: palimpsest: this policy for the role 'observe' does not model the concept observe_policy: hook 'see': expected void see(const event::released&) noexcept; found none
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It lists an event that it does not take.
struct wrong {
    using role = ps::roles::observe;
    using sees = ps::event::list<ps::event::released>;
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
