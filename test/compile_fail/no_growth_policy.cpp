// expect: palimpsest: this policy for the role 'growth' does not model the concept growth_policy
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It never puts a memory back.
struct incomplete {
    using role = ps::roles::growth;
    template <class Memory>
    static bool grow(Memory& memory, std::size_t wanted) noexcept {
        return memory.open_to(wanted);
    }
};

using pool_type = ps::instance_pool<incomplete>;
pool_type pool{ps::pool_limits{}};
