// SPDX-License-Identifier: Apache-2.0
// Inlines where one of its policies does. They are asked in turn, up to the first that inlines,
// whose reason counts.
#pragma once

#include <palimpsest/inline/decide/combined.hpp>

namespace palimpsest::decide {

template <class... Policies>
struct any_of : detail::combined<Policies...> {
    using detail::combined<Policies...>::combined;

    template <class Site>
    constexpr inlining::verdict operator()(const Site& site) {
        return this->ask(site, true);
    }
};

template <class... Policies>
any_of(Policies...) -> any_of<Policies...>;

}  // namespace palimpsest::decide
