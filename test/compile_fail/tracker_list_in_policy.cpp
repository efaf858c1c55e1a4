// expect: palimpsest: this policy for the role 'dirty' does not model the concept dirty_policy: hook 'provided_hooks': expected one in the tracker; found one in the policy, where it is not read
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// The list of the tracker, in the policy.
struct wrong {
    using role = ps::roles::dirty;
    static constexpr bool finds_every_resident_page = true;
    using provided_hooks = ps::provides<ps::dirty::hook::mapped>;

    template <class System>
    class tracker {
      public:
        using provided_hooks = ps::provides<>;
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
