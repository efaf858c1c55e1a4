// SPDX-License-Identifier: Apache-2.0
// Inlines callees up to a size, at which the call costs about as much as the body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>

namespace palimpsest::decide {

/// Inlines callees of at most `Most` instructions. Choose it as a simple reason to inline. 50 is
/// Wasmtime's default (`-C inlining-small-callee-size`).
template <std::size_t Most>
struct small_callee {
    constexpr inlining::verdict operator()(const inlining::call_site& site) const noexcept {
        return {site.callee_size <= Most,
                {"instructions of the callee", static_cast<std::int64_t>(site.callee_size),
                 static_cast<std::int64_t>(Most)}};
    }
};

}  // namespace palimpsest::decide
