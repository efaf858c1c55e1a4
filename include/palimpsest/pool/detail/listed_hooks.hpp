// SPDX-License-Identifier: Apache-2.0
// Which hooks a policy lists (provides.hpp).
#pragma once

#include <palimpsest/pool/provides.hpp>

namespace palimpsest::detail {

template <class Hook, class List>
inline constexpr bool lists = false;
// The compilers' builtin, since std::is_same_v would be instantiated for each pair.
template <class Hook, class... Hooks>
inline constexpr bool lists<Hook, provides<Hooks...>> = (... || __is_same(Hook, Hooks));

/// Whether `Owner` lists the hook. An owner without a list has no hooks; concepts.hpp refuses it if
/// a list is required.
template <class Owner, class Hook>
inline constexpr bool has_hook = false;
template <class Owner, class Hook>
    requires requires { typename Owner::provided_hooks; }
inline constexpr bool has_hook<Owner, Hook> = lists<Hook, typename Owner::provided_hooks>;

}  // namespace palimpsest::detail
