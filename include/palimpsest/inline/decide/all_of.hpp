// SPDX-License-Identifier: Apache-2.0
// Inlines where all of its policies do. They are asked in turn, up to the first that keeps the
// call, whose reason counts, so put cheap ones first.
#pragma once

#include <palimpsest/inline/detail/combined.hpp>

namespace palimpsest::decide {

/// Inlines a call if all `Policies`, which are decisions too, would. Choose it to add a limit to a
/// reason, as in all_of<sum_limit<2000>, small_callee<50>>. Policies are asked in turn, up to the
/// first that keeps the call.
template <class... Policies>
struct all_of : detail::combined<Policies...> {
    using detail::combined<Policies...>::combined;

    template <class Site>
    constexpr inlining::verdict operator()(const Site& site) {
        return this->ask(site, false);
    }
};

/// Deduces the policies from the arguments.
template <class... Policies>
all_of(Policies...) -> all_of<Policies...>;

}  // namespace palimpsest::decide
