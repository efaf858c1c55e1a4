// SPDX-License-Identifier: Apache-2.0
// Inlines where an argument is a constant, so that a part of the body may fold away. Of what folds
// `benefit` knows more.
#pragma once

#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>

namespace palimpsest::decide {

struct constant_arguments {
    constexpr inlining::verdict operator()(const inlining::call_site& site) const noexcept {
        const bool some = site.constant_arguments > 0;
        return {some, some ? "an argument is a constant" : "no argument is a constant"};
    }
};

}  // namespace palimpsest::decide
