// SPDX-License-Identifier: Apache-2.0
// Inlines whatever has a body. Code grows as the paths through the call graph do, up to the
// driver's limits: for tests, and for programs known to be small.
#pragma once

#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>

namespace palimpsest::decide {

struct always {
    constexpr inlining::verdict operator()(const inlining::call_site&) const noexcept {
        return {inlining::answer::inline_, "always"};
    }
};

}  // namespace palimpsest::decide
