// SPDX-License-Identifier: Apache-2.0
// Inlines while caller and callee together stay below a size, so that no function grows without
// bound. As a rule combined with a reason to inline: all_of<sum_limit<2000>, small_callee<50>>.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>

namespace palimpsest::decide {

/// `Most`: instructions of both. 2000 is what Wasmtime takes by default
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
