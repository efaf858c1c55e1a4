// expect: palimpsest: this policy for the role 'observe' does not model the concept observe_policy: hook 'see': expected void see(const event::system_call&) noexcept; found one more, which is never called
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// The last event is checked like the first.
struct wrong {
    using role = ps::roles::observe;
    void see(ps::event::system_call&) noexcept {}
    template <class Event>
    void see(const Event&) noexcept {}
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
