// SPDX-License-Identifier: Apache-2.0
// Inlines where an argument is a constant, so that part of the body may fold away. The decision
// `benefit` estimates how much folds.
#pragma once

#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>

namespace palimpsest::decide {

/// Inlines calls with at least one constant argument. Choose it, with a limit, for callees that are
/// specialised by an argument; it is cheaper than benefit, which counts the instructions that fold.
struct constant_arguments {
    constexpr inlining::verdict operator()(const inlining::call_site& site) const noexcept {
        const bool some = site.constant_arguments > 0;
        return {some, some ? "an argument is a constant" : "no argument is a constant"};
    }
};

}  // namespace palimpsest::decide
