// SPDX-License-Identifier: Apache-2.0
// Inlines where one of its policies does. They are asked in turn, up to the first that inlines,
// whose reason counts.
#pragma once

#include <palimpsest/inline/detail/combined.hpp>

namespace palimpsest::decide {

/// Inlines a call if one of `Policies`, which are decisions too, would. Choose it to have several
/// reasons to inline, as in any_of<single_call_site, small_callee<50>>. Policies are asked in turn,
/// up to the first that inlines.
template <class... Policies>
struct any_of : detail::combined<Policies...> {
    using detail::combined<Policies...>::combined;

    template <class Site>
    constexpr inlining::verdict operator()(const Site& site) {
        return this->ask(site, true);
    }
};

/// Deduces the policies from the arguments.
template <class... Policies>
any_of(Policies...) -> any_of<Policies...>;

}  // namespace palimpsest::decide
