// SPDX-License-Identifier: Apache-2.0
// Keeps every call. What a program gives without any inlining, and the baseline to measure by.
#pragma once

#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>

namespace palimpsest::decide {

struct never {
    constexpr inlining::verdict operator()(const inlining::call_site&) const noexcept {
        return {inlining::answer::keep, "never"};
    }
};

}  // namespace palimpsest::decide
