// SPDX-License-Identifier: Apache-2.0
// Several decisions held as one, by type: what `all_of` and `any_of` share.
#pragma once

#include <palimpsest/inline/decision.hpp>
#include <tuple>
#include <utility>

namespace palimpsest::decide::detail {

/// Holds the policies, and asks them. Empty policies take no space.
template <class... Policies>
class combined {
    static_assert(sizeof...(Policies) > 0,
                  "palimpsest: a composed policy for the role 'decision' needs a policy");
    static_assert(((sizeof(inlining::detail::require_decision<Policies>) > 0) && ...));

  public:
    constexpr combined() = default;
    constexpr explicit combined(Policies... policies)
        requires(sizeof...(Policies) > 0)
        : policies_(std::move(policies)...) {}

    /// One of the policies, for example to read the remarks that it kept.
    template <class Policy>
    constexpr Policy& get() noexcept {
        return std::get<Policy>(policies_);
    }

  protected:
    /// Asks in turn, up to the first whose answer is `stop`. Returns its verdict, or the last one.
    template <class Site>
    constexpr inlining::verdict ask(const Site& site, bool stop) {
        return std::apply(
            [&](auto&... each) {
                inlining::verdict made;
                (void)((made = each(site), made.inlines() == stop) || ...);
                return made;
            },
            policies_);
    }

  private:
    [[no_unique_address]] std::tuple<Policies...> policies_;
};

}  // namespace palimpsest::decide::detail
