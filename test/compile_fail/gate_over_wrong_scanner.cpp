// expect: palimpsest: this policy for the role 'dirty' does not model the concept dirty_policy: hook 'mapped': expected void mapped(slot_data&, os::address_range) noexcept; found none
// SPDX-License-Identifier: Apache-2.0
// expect: wrong
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// The scanner below a gate is checked as if it were given alone.
struct wrong : ps::dirty::everything {
    template <class System>
    class tracker : public ps::dirty::everything::tracker<System> {
      public:
        using provided_hooks = ps::provides<ps::dirty::hook::supported, ps::dirty::hook::mapped>;
        using ps::dirty::everything::tracker<System>::tracker;
    };
};

using pool_type = ps::instance_pool<ps::dirty::first_supported<ps::dirty::fault_gate<wrong>>>;
pool_type pool{ps::pool_limits{}};
