// SPDX-License-Identifier: Apache-2.0
// The hook that a budget may have, and lists: `using provided_hooks = provides<hook::keeps>;`.
#pragma once

#include <palimpsest/pool/provides.hpp>

namespace palimpsest::budget::hook {

/// `bool keeps(account&, std::size_t resident) noexcept`: whether a slot may stay as it is after a
/// reset, with this many pages resident. A budget that counts no more than what is restored has no
/// say, and lists nothing: `provides<>`.
struct keeps;

}  // namespace palimpsest::budget::hook
