// SPDX-License-Identifier: Apache-2.0
// A decision tells whether a call is inlined: anything that can be called with a call site.
#pragma once

#include <concepts>
#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>

namespace palimpsest::inlining {

namespace detail {
/// Stands for the call site that the driver passes, whose type depends on the program.
struct some_call_site : call_site {
    std::size_t instructions_folded() const;
};
}  // namespace detail

/// A policy that decides whether a call is inlined. It is called with a call site, and returns a
/// verdict, an answer, or a bool. It is asked once for each call site: functions from callees to
/// callers, and the calls of each in order. A decision that takes `const call_site&` works for
/// every program. One that takes `const auto&` can also ask the site for `instructions_folded()`:
/// how many instructions of the callee its constant arguments make constant. These are counted on
/// demand, in time linear in the callee.
///
/// It may hold state; only one thread at a time asks it. It may throw: the program is left
/// well-formed, with the calls decided so far inlined.
template <class Type>
concept Decision = requires(Type& decide, const detail::some_call_site& site) {
    { decide(site) } -> std::convertible_to<verdict>;
};

namespace detail {
/// A complete type for decisions; for other types, one readable error.
template <class Type>
struct require_decision {
    static_assert(Decision<Type>,
                  "palimpsest: this policy for the role 'decision' does not model the concept "
                  "Decision: it must be callable with a call site and give a verdict, an answer "
                  "or a bool");
};
}  // namespace detail

}  // namespace palimpsest::inlining
