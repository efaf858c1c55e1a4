// expect: palimpsest: this policy for the role 'dirty' does not model the concept dirty_policy
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// Its tracker does not collect.
struct incomplete {
    using role = ps::roles::dirty;
    static constexpr bool finds_every_resident_page = true;

    template <class System>
    class tracker {
      public:
        struct slot_data {};
        tracker(System&, const ps::slot_layout&) {}
    };
};

using pool_type = ps::instance_pool<incomplete>;
pool_type pool{ps::pool_limits{}};
