// expect: palimpsest: this policy for the role 'dirty' does not model the concept dirty_policy: hook 'collect': expected template <class Sink> found collect(slot_data&, spans, std::uintptr_t from, std::size_t most_pages, Sink&&) noexcept; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// What it records about the slot is lost.
struct wrong {
    using role = ps::roles::dirty;
    static constexpr bool finds_every_resident_page = true;

    template <class System>
    class tracker {
      public:
        using provided_hooks = ps::provides<>;
        struct slot_data {};

        tracker(System&, const ps::slot_layout&) {}

        template <class Sink>
        ps::dirty::found collect(slot_data, ps::dirty::spans of, std::uintptr_t, std::size_t,
                                 Sink&&) noexcept {
            return ps::dirty::found::all(of);
        }
    };
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
