// SPDX-License-Identifier: Apache-2.0
// Inlines calls across modules: no compiler has seen both sides of such a call yet, while
// calls within a module had their chance there.
#pragma once

#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>

namespace palimpsest::decide {

/// Inlines calls from one module to another, and no others. Choose it, with a limit, for programs
/// linked of modules that were each optimised by their compiler.
struct inter_module {
    constexpr inlining::verdict operator()(const inlining::call_site& site) const noexcept {
        return {site.crosses_modules,
                site.crosses_modules ? "the call crosses modules" : "the call stays in its module"};
    }
};

}  // namespace palimpsest::decide
