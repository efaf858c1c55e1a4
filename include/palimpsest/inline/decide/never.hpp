// SPDX-License-Identifier: Apache-2.0
// Keeps every call: for programs that are not to be inlined, and as the baseline for measurements.
#pragma once

#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>

namespace palimpsest::decide {

/// Keeps every call. Choose it as the baseline for measurements, or to run only the passes.
struct never {
    constexpr inlining::verdict operator()(const inlining::call_site&) const noexcept {
        return {inlining::answer::keep, "never"};
    }
};

}  // namespace palimpsest::decide
