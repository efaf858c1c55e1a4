// SPDX-License-Identifier: Apache-2.0
// Inlines where its policy does, and asks again about the calls that come with the body: in this
// caller their arguments may be constants, or they may be in deeper loops.
#pragma once

#include <palimpsest/inline/decision.hpp>
#include <utility>

namespace palimpsest::decide {

/// Inlines where `Policy` does, and asks it again about the calls that come with the body, up to
/// limits::revisits deep. Choose it for callees that are worth inlining only with the arguments
/// that this caller passes; it costs more decisions.
template <class Policy>
class revisit {
    static_assert(sizeof(inlining::detail::require_decision<Policy>) > 0);

  public:
    constexpr revisit() = default;
    constexpr explicit revisit(Policy policy) : policy_(std::move(policy)) {}

    template <class Site>
    constexpr inlining::verdict operator()(const Site& site) {
        inlining::verdict made = policy_(site);
        if (made.inlines()) made.is = inlining::answer::inline_and_revisit;
        return made;
    }

  private:
    [[no_unique_address]] Policy policy_;
};

}  // namespace palimpsest::decide
