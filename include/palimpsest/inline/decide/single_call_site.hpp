// SPDX-License-Identifier: Apache-2.0
// Inlines private functions that are called in only one place: the body moves, the function is
// dropped, and the program shrinks by a call and a return, however large the body.
#pragma once

#include <cstdint>
#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>

namespace palimpsest::decide {

/// Inlines private functions that have one call site, whatever their size. Choose it whenever
/// private functions are known: the program does not grow. It needs function_facts::is_private.
struct single_call_site {
    constexpr inlining::verdict operator()(const inlining::call_site& site) const noexcept {
        if (!site.callee_is_only_called || site.is_recursive)
            return {inlining::answer::keep, "the callee stays anyway"};
        return {site.callee_call_sites == 1,
                {"call sites of the callee", static_cast<std::int64_t>(site.callee_call_sites), 1}};
    }
};

}  // namespace palimpsest::decide
