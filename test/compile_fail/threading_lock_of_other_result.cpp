// expect: palimpsest: this policy for the role 'threading' does not model the concept threading_policy: hook 'lock': expected void lock() in the mutex; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// Nobody would notice that it is not locked.
struct wrong {
    using role = ps::roles::threading;
    struct mutex {
        bool lock() { return false; }
        void unlock() {}
    };
    static std::size_t shards(std::size_t) { return 1; }
    static std::size_t home(std::size_t) { return 0; }
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
