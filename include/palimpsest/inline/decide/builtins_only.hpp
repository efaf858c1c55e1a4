// SPDX-License-Identifier: Apache-2.0
// Inlines builtins into their callers, and nothing else: calls to the host become the loads and
// stores of their bodies, and the guest's own functions stay as their compiler left them.
#pragma once

#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>

namespace palimpsest::decide {

/// Inlines calls of builtins, and no others. Choose it if the guest's own compiler has inlined what
/// is worthwhile, and only calls to the host are to become cheaper.
struct builtins_only {
    constexpr inlining::verdict operator()(const inlining::call_site& site) const noexcept {
        return {site.callee_is_builtin,
                site.callee_is_builtin ? "the callee is a builtin" : "the callee is no builtin"};
    }
};

}  // namespace palimpsest::decide
