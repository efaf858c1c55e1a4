// SPDX-License-Identifier: Apache-2.0
// Inlines while caller and callee together do not exceed a size, so that no function grows without
// bound. It is usually combined with a reason: all_of<sum_limit<2000>, small_callee<50>>.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>

namespace palimpsest::decide {

/// Inlines while caller and callee together have at most `Most` instructions. Choose it, in all_of
/// with a reason to inline, to bound the size of functions. 2000 is Wasmtime's default
/// (`-C inlining-sum-size-threshold`).
template <std::size_t Most>
struct sum_limit {
    constexpr inlining::verdict operator()(const inlining::call_site& site) const noexcept {
        const auto sum = site.caller_size + site.callee_size;
        return {sum <= Most,
                {"instructions of caller and callee", static_cast<std::int64_t>(sum),
                 static_cast<std::int64_t>(Most)}};
    }
};

}  // namespace palimpsest::decide
