// SPDX-License-Identifier: Apache-2.0
// Inlines every callee that has a body. Code grows with the paths through the call graph, up to
// the driver's limits: for tests, and for programs known to be small.
#pragma once

#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>

namespace palimpsest::decide {

/// Inlines every call whose callee has a body, up to the driver's limits. Choose it for tests and
/// for small programs: code grows with the number of paths through the call graph.
struct always {
    constexpr inlining::verdict operator()(const inlining::call_site&) const noexcept {
        return {inlining::answer::inline_, "always"};
    }
};

}  // namespace palimpsest::decide
