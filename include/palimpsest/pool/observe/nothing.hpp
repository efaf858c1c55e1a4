// SPDX-License-Identifier: Apache-2.0
// Nobody is told anything, and it costs nothing. The default.
#pragma once

#include <palimpsest/pool/role.hpp>

namespace palimpsest::observe {

struct nothing {
    using role = role::observe;

    template <class Event>
    constexpr void see(const Event&) const noexcept {}
};

}  // namespace palimpsest::observe
