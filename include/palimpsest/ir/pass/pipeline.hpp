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

/// Runs a pass, compiled separately from the others of a pipeline, which would otherwise form one
/// large function. Does nothing for a type that require_pass has refused, so that there is only one
/// error.
template <class Type>
[[gnu::noinline]] bool run(ir::function& of) {
    if constexpr (Pass<Type>)
        return Type{}(of);
    else
        return false;
}

}  // namespace detail

/// The pass that runs `Passes` one after the other, each once. It takes the sum of their times.
template <class... Passes>
struct pipeline {
    static_assert((detail::require_pass<Passes>::checked && ...));

    bool operator()(ir::function& of) const {
        bool changed = false;
        ((changed |= detail::run<Passes>(of)), ...);
        return changed;
    }
};

/// The pass that runs the pass `Repeated` until it changes nothing, but at most `Most` times.
/// Choose it if the passes of a pipeline leave work for each other.
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
