// SPDX-License-Identifier: Apache-2.0
// Passes made of passes.
#pragma once

#include <cstddef>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/pass/concepts.hpp>
#include <palimpsest/ir/pass/none.hpp>

namespace palimpsest::pass {

namespace detail {

template <class Type>
struct require_pass {
    static_assert(Pass<Type>,
                  "palimpsest: this type is no pass: it must be default-constructible, and take an "
                  "ir::function& to a bool");
    static constexpr bool checked = true;
};

/// Nothing where require_pass has said already what is wrong, so that it is said once.
template <class Type>
bool run(ir::function& of) {
    if constexpr (Pass<Type>)
        return Type{}(of);
    else
        return false;
}

}  // namespace detail

/// One after the other.
template <class... Passes>
struct pipeline {
    static_assert((detail::require_pass<Passes>::checked && ...));

    bool operator()(ir::function& of) const {
        bool changed = false;
        ((changed |= detail::run<Passes>(of)), ...);
        return changed;
    }
};

/// Again and again, until nothing changes, but at most so many times.
template <class Repeated, std::size_t Most>
struct repeat {
    static_assert(detail::require_pass<Repeated>::checked);

    bool operator()(ir::function& of) const {
        bool changed = false;
        for (std::size_t round = 0; round < Most && detail::run<Repeated>(of); ++round)
            changed = true;
        return changed;
    }
};

}  // namespace palimpsest::pass
