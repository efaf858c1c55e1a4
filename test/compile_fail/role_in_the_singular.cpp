// expect: did you mean 'roles'?
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// A class must not change the meaning of a name after using it, so the member is called `role` and
// the namespace `roles`.
struct singular {
    using role = ps::role::reset;
    using provided_hooks = ps::provides<>;
    static constexpr bool finds_dirty_pages = true;
    template <class Slot>
    static bool reset(Slot& slot) noexcept {
        return slot.restore();
    }
};
