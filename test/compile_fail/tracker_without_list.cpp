// expect: palimpsest: this policy for the role 'dirty' does not model the concept dirty_policy: hook 'provided_hooks': expected `using provided_hooks = palimpsest::provides<...>;` in the tracker, with those of dirty/hook.hpp that it has; found none
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It does not say that it has no hooks.
struct wrong {
    using role = ps::roles::dirty;
    static constexpr bool finds_every_resident_page = true;

    template <class System>
    class tracker {
      public:
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
