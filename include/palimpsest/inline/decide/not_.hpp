// SPDX-License-Identifier: Apache-2.0
// Inlines where its policy keeps the call, and the other way round.
#pragma once

#include <palimpsest/inline/decision.hpp>
#include <utility>

namespace palimpsest::decide {

/// Inlines a call if `Policy` would keep it, and the other way round. Choose it to make an
/// exception, as in all_of<not_<builtins_only>, small_callee<50>>.
template <class Policy>
class not_ {
    static_assert(sizeof(inlining::detail::require_decision<Policy>) > 0);

  public:
    constexpr not_() = default;
    constexpr explicit not_(Policy policy) : policy_(std::move(policy)) {}

    template <class Site>
    constexpr inlining::verdict operator()(const Site& site) {
        const inlining::verdict made = policy_(site);
        auto why = made.why;
        why.opposite = !why.opposite;
        return {!made.inlines(), why};
    }

  private:
    [[no_unique_address]] Policy policy_;
};

}  // namespace palimpsest::decide
