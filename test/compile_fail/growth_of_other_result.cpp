// expect: palimpsest: this policy for the role 'growth' does not model the concept growth_policy: hook 'put_back': expected template <class Memory> static bool put_back(Memory&, std::size_t) noexcept; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It does not say whether the memory was put back.
struct wrong {
    using role = ps::roles::growth;
    template <class Memory>
    static bool grow(Memory& memory, std::size_t wanted) noexcept {
        return memory.open_to(wanted);
    }
    template <class Memory>
    static void put_back(Memory& memory, std::size_t wanted) noexcept {
        memory.close_to(wanted);
    }
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
