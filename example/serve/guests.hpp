// SPDX-License-Identifier: Apache-2.0
// The guests this program was built with.
#pragma once

#include <array>
#include <string_view>

#include "guest/echo/echo.hpp"
#include "guest/json/json.hpp"
#include "guest/thumbnail/thumbnail.hpp"
#ifdef PALIMPSEST_EXAMPLE_JAVASCRIPT
#include "guest/javascript/javascript.hpp"
#endif

namespace serve {

template <class... Guests>
struct guest_list {
    /// Calls `function.template operator()<Guest>()` for each.
    static void for_each(auto&& function) { (function.template operator()<Guests>(), ...); }
};

#ifdef PALIMPSEST_EXAMPLE_JAVASCRIPT
using all_guests = guest_list<echo, json, thumbnail, javascript, javascript_snapshot>;
inline constexpr bool has_javascript = true;
#else
using all_guests = guest_list<echo, json, thumbnail>;
inline constexpr bool has_javascript = false;
#endif

/// The names allowed on the command line, whether or not this program has the guest.
inline constexpr std::array<std::string_view, 4> guest_names{"echo", "json", "thumbnail",
                                                             "javascript"};

/// Served unless the command line says otherwise.
inline constexpr std::array<std::string_view, 3> default_guest_names{"echo", "json", "thumbnail"};

}  // namespace serve
