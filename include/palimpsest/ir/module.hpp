// SPDX-License-Identifier: Apache-2.0
// Functions that can call each other by name.
#pragma once

#include <cstddef>
#include <palimpsest/ir/function.hpp>
#include <string_view>
#include <vector>

namespace palimpsest::ir {

/// Functions that call each other by name. Calls of other names go to the host: see
/// interpreter/host.hpp, and link/link.hpp for joining modules.
struct module {
    std::vector<function> functions;

    /// The first function of this name; null if there is none. Takes time linear in the functions:
    /// for frequent look-ups, make an index.
    const function* find(std::string_view name) const noexcept {
        for (const auto& one : functions)
            if (one.name == name) return &one;
        return nullptr;
    }
};

}  // namespace palimpsest::ir
