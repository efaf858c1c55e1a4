// expect: palimpsest: this policy for the role 'reuse' does not model the concept reuse_policy: hook 'stages': expected static constexpr std::size_t stages; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// There are no stages below zero.
struct wrong {
    using role = ps::roles::reuse;
    struct free_list : ps::reuse::lifo::free_list {
        static constexpr int stages = 2;
        using ps::reuse::lifo::free_list::free_list;
    };
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
