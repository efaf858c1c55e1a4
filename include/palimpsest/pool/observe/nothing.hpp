// SPDX-License-Identifier: Apache-2.0
// The observer that sees nothing. The default.
#pragma once

#include <palimpsest/pool/roles.hpp>

namespace palimpsest::observe {

/// Ignores every event, and costs nothing. The default.
struct nothing {
    using role = roles::observe;

    template <class Event>
    constexpr void see(const Event&) const noexcept {}
};

}  // namespace palimpsest::observe
