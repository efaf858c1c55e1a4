// expect: palimpsest: this policy for the role 'idle_cap' does not model the concept idle_cap_policy: hook 'bytes': expected static constexpr std::size_t bytes; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// Nobody can keep less than nothing.
struct wrong {
    using role = ps::roles::idle_cap;
    static constexpr int bytes = -1;
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
