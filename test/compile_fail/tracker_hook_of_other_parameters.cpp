// expect: palimpsest: this policy for the role 'dirty' does not model the concept dirty_policy: hook 'mapped': expected void mapped(slot_data&, os::address_range) noexcept; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
// expect: wrong
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// Its hook works on a copy of the slot's data.
struct wrong {
    using role = ps::roles::dirty;
    static constexpr bool finds_every_resident_page = true;

    template <class System>
    class tracker {
      public:
        using provided_hooks = ps::provides<ps::dirty::hook::mapped>;
        struct slot_data {};

        tracker(System&, const ps::slot_layout&) {}

        template <class Sink>
        ps::dirty::found collect(slot_data&, ps::dirty::spans of, std::uintptr_t, std::size_t,
                                 Sink&&) noexcept {
            return ps::dirty::found::all(of);
        }
        void mapped(slot_data, ps::os::address_range) noexcept {}
    };
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
