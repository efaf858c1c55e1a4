// SPDX-License-Identifier: Apache-2.0
// The hook that a budget may have. It lists the hook so:
// `using provided_hooks = provides<hook::keeps>;`.
#pragma once

#include <palimpsest/pool/provides.hpp>

namespace palimpsest::budget::hook {

/// `bool keeps(account&, std::size_t resident) noexcept`: whether a slot may stay as it is after a
/// reset, with `resident` pages. A budget that counts restored pages only does not need the hook,
/// and lists nothing: `provides<>`.
struct keeps;

}  // namespace palimpsest::budget::hook
