// expect: palimpsest: this policy for the role 'observe' does not model the concept observe_policy: hook 'sees': expected `using sees = palimpsest::event::list<...>;` of events; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It lists something that is not an event.
struct wrong {
    using role = ps::roles::observe;
    using sees = ps::event::list<int>;
    template <class Event>
    void see(const Event&) noexcept {}
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
