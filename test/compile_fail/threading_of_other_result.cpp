// expect: palimpsest: this policy for the role 'threading' does not model the concept threading_policy: hook 'home': expected static std::size_t home(std::size_t shards); found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It may return a list below the first.
struct wrong : ps::reuse::single_threaded {
    static int home(std::size_t) noexcept { return -1; }
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
