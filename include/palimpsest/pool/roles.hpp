// SPDX-License-Identifier: Apache-2.0
// The roles a policy can have. Each policy names its own: `using role = palimpsest::roles::reset;`
//
//   dirty       how dirty pages are found            threading   whether threads share the pool
//   reset       what is done to them                 growth      how a memory grows and shrinks
//   budget      how much one reset may restore       observe     who is told what the pool does
//   idle_cap    how much a free slot may keep        system      who runs the system calls
//   reuse       which free slot is handed out        warm_limit  how many free slots stay warm
//
// The namespace is not called `role`, like the member that names a role, because a class must not
// change the meaning of a name after using it.
#pragma once

#include <type_traits>

namespace palimpsest::roles {

// A role checks its policies for more than its concept. static_assert takes only a literal, so each
// role needs checks of its own for the message to name the role; hence the macro.
#define PALIMPSEST_ROLE(name)                                                                      \
    struct name {                                                                                  \
        template <class... Policies>                                                               \
        struct at_most_one {                                                                       \
            static_assert(sizeof...(Policies) < 2,                                                 \
                          "palimpsest: more than one policy for the role '" #name "'");            \
        };                                                                                         \
        template <class Wrapper, class Wrapped>                                                    \
        static constexpr void wraps_another() {                                                    \
            static_assert(std::is_same_v<Wrapper, Wrapped>,                                        \
                          "palimpsest: this policy for the role '" #name                           \
                          "' does not model the concept " #name                                    \
                          "_policy: hook 'wraps': expected `using wraps = "                        \
                          "palimpsest::policies<...>;`, of policies for the role; found another"); \
        }                                                                                          \
    }

PALIMPSEST_ROLE(dirty);
PALIMPSEST_ROLE(reset);
PALIMPSEST_ROLE(budget);
PALIMPSEST_ROLE(idle_cap);
PALIMPSEST_ROLE(reuse);
PALIMPSEST_ROLE(warm_limit);
PALIMPSEST_ROLE(threading);
PALIMPSEST_ROLE(growth);
PALIMPSEST_ROLE(observe);
PALIMPSEST_ROLE(system);

#undef PALIMPSEST_ROLE

}  // namespace palimpsest::roles
