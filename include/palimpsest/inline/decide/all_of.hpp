// SPDX-License-Identifier: Apache-2.0
// Inlines where all of its policies do. They are asked in turn, up to the first that keeps the
// call, whose reason counts; so cheap ones come first.
#pragma once

#include <palimpsest/inline/decide/combined.hpp>

namespace palimpsest::decide {

template <class... Policies>
struct all_of : detail::combined<Policies...> {
    using detail::combined<Policies...>::combined;

    template <class Site>
    constexpr inlining::verdict operator()(const Site& site) {
        return this->ask(site, false);
    }
};

template <class... Policies>
all_of(Policies...) -> all_of<Policies...>;

}  // namespace palimpsest::decide
