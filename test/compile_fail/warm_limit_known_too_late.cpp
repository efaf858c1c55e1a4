// expect: palimpsest: this policy for the role 'warm_limit' does not model the concept warm_limit_policy: hook 'slots': expected static constexpr std::size_t slots; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// The pool needs to know it at compile time.
struct wrong {
    using role = ps::roles::warm_limit;
    static inline std::size_t slots = 2;
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
