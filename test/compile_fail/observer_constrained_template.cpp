// expect: palimpsest: this policy for the role 'observe' does not model the concept observe_policy: hook 'see': expected void see(const event::acquired&) noexcept; found more than one template that takes it
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// The constrained one takes non-const events, and would never be called.
struct wrong {
    using role = ps::roles::observe;
    template <std::same_as<ps::event::acquired> Event>
    void see(Event&) noexcept {}
    template <class Event>
    void see(const Event&) noexcept {}
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
