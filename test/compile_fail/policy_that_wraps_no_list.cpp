// expect: palimpsest: this policy for the role 'dirty' does not model the concept dirty_policy: hook 'wraps': expected `using wraps = palimpsest::policies<...>;`, of policies for the role; found another
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

struct not_made_of_nothing {
    explicit not_made_of_nothing(int);
};

// It wraps something that is not a list.
struct wrong {
    using role = ps::roles::dirty;
    static constexpr bool finds_every_resident_page = true;
    using wraps = not_made_of_nothing;

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
