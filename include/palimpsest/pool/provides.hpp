// SPDX-License-Identifier: Apache-2.0
// What a policy says of itself beside its role: which hooks it has, and which policies it is made
// of.
//
// A hook is a member that a policy may have or not: `keeps` of a budget, say. The pool calls those
// that the policy lists, and compares each with what its role expects. A hook that is not listed is
// declared absent; a member of its name is then refused, since it would never be called.
//
//     struct my_budget {
//         using role = palimpsest::role::budget;
//         using provided_hooks = palimpsest::provides<palimpsest::budget::hook::keeps>;
//
// The hooks are named in dirty/hook.hpp, budget/hook.hpp and reset/hook.hpp; other roles have none.
#pragma once

namespace palimpsest {

/// The hooks that a policy has: `using provided_hooks = provides<...>;`. Those of a dirty policy
/// stand in its tracker. `provides<>` declares that it has none.
template <class... Hooks>
struct provides {};

/// The policies of its own role that a policy forwards to: `using wraps = policies<Scanner>;`. The
/// pool then compares them with what the role expects, as if each had been given alone.
template <class... Policies>
struct policies {};

namespace detail {

template <class Hook, class List>
inline constexpr bool lists = false;
// The compilers' own word, since std::is_same_v would be made for each pair.
template <class Hook, class... Hooks>
inline constexpr bool lists<Hook, provides<Hooks...>> = (... || __is_same(Hook, Hooks));

/// Whether `Owner` lists the hook. One without a list has none; where a list is asked for,
/// concepts.hpp does it.
template <class Owner, class Hook>
inline constexpr bool has_hook = false;
template <class Owner, class Hook>
    requires requires { typename Owner::provided_hooks; }
inline constexpr bool has_hook<Owner, Hook> = lists<Hook, typename Owner::provided_hooks>;

}  // namespace detail
}  // namespace palimpsest
