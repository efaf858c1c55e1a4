// SPDX-License-Identifier: Apache-2.0
// Inlines calls across modules: no compiler has yet seen both sides of such a call, whereas calls
// within a module have had their chance.
#pragma once

#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>

namespace palimpsest::decide {

/// Inlines calls from one module to another, and no others. Choose it, with a limit, for programs
/// linked from modules that their compilers have optimised.
struct inter_module {
    constexpr inlining::verdict operator()(const inlining::call_site& site) const noexcept {
        return {site.crosses_modules,
                site.crosses_modules ? "the call crosses modules" : "the call stays in its module"};
    }
};

}  // namespace palimpsest::decide
