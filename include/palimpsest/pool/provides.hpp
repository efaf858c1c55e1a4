// SPDX-License-Identifier: Apache-2.0
// The declarations with which a policy says, besides its role, which hooks it has and which
// policies it is made of.
//
// A hook is a member that a policy may have or not, such as `keeps` of a budget. The pool calls the
// hooks that the policy lists, and compares each with the signature that its role expects. A hook
// that is not listed counts as absent; a member of that name is then refused, since it would never
// be called.
//
//     struct my_budget {
//         using role = palimpsest::roles::budget;
//         using provided_hooks = palimpsest::provides<palimpsest::budget::hook::keeps>;
//
// The hooks are named in dirty/hook.hpp, budget/hook.hpp and reset/hook.hpp; other roles have none.
#pragma once

namespace palimpsest {

/// Lists the hooks that a policy has: `using provided_hooks = provides<...>;`. A dirty policy has
/// the list in its tracker. `provides<>` declares that there are none.
template <class... Hooks>
struct provides {};

/// Lists the policies of the same role that a policy forwards to: `using wraps =
/// policies<Scanner>;`. The pool then checks each against its role, as if it had been given alone.
template <class... Policies>
struct policies {};

}  // namespace palimpsest
