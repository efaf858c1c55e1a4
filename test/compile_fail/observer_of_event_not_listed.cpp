// expect: palimpsest: this policy for the role 'observe' does not model the concept observe_policy: hook 'see': expected void see(const event::acquired&) noexcept; found one, though the list `sees` leaves the event out
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It takes an event that it does not list.
struct wrong {
    using role = ps::roles::observe;
    using sees = ps::event::list<ps::event::released>;
    void see(const ps::event::acquired&) noexcept {}
    void see(const ps::event::released&) noexcept {}
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
