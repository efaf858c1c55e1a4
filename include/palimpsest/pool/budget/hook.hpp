// SPDX-License-Identifier: Apache-2.0
// The hook that a budget may have. The budget lists it like this: `using provided_hooks =
// provides<hook::keeps>;`.
#pragma once

#include <palimpsest/pool/provides.hpp>

namespace palimpsest::budget::hook {

/// `bool keeps(account&, std::size_t resident) noexcept`: whether a slot may keep its `resident`
/// pages after a reset. A budget that counts only restored pages does not need the hook, and lists
/// `provides<>`.
struct keeps;

}  // namespace palimpsest::budget::hook
