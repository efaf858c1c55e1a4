// expect: palimpsest: this policy for the role 'dirty' does not model the concept dirty_policy: hook 'skips_scans': expected static constexpr bool skips_scans in the policy; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// Its constant is a number.
struct wrong {
    using role = ps::roles::dirty;
    static constexpr bool finds_every_resident_page = true;
    static constexpr int skips_scans = 1;

    template <class System>
    class tracker {
      public:
        using provided_hooks = ps::provides<ps::dirty::hook::skips_scans>;
        struct slot_data {};

        tracker(System&, const ps::slot_layout&) {}

        template <class Sink>
        ps::dirty::found collect(slot_data&, ps::dirty::spans of, std::uintptr_t, std::size_t,
                                 Sink&&) noexcept {
            return ps::dirty::found::all(of);
        }
    };
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
