// expect: palimpsest: this policy for the role 'observe' does not model the concept observe_policy: hook 'see': expected void see(const event::acquired&) noexcept; found one more, which is never called
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It has one parameter too many.
struct wrong {
    using role = ps::roles::observe;
    void see(const ps::event::acquired&, int) noexcept {}
    template <class Event>
    void see(const Event&) noexcept {}
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
