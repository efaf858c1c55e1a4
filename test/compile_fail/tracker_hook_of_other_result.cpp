// expect: palimpsest: this policy for the role 'dirty' does not model the concept dirty_policy: hook 'overgrown': expected bool overgrown(slot_data&, dirty::spans) noexcept; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
// expect: int (
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// Its hook returns a number instead of yes or no.
struct wrong {
    using role = ps::roles::dirty;
    static constexpr bool finds_every_resident_page = true;

    template <class System>
    class tracker {
      public:
        using provided_hooks = ps::provides<ps::dirty::hook::overgrown>;
        struct slot_data {};

        tracker(System&, const ps::slot_layout&) {}

        template <class Sink>
        ps::dirty::found collect(slot_data&, ps::dirty::spans of, std::uintptr_t, std::size_t,
                                 Sink&&) noexcept {
            return ps::dirty::found::all(of);
        }
        int overgrown(slot_data&, ps::dirty::spans) noexcept { return 2; }
    };
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
