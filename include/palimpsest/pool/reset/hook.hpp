// SPDX-License-Identifier: Apache-2.0
// The hook that a reset policy may have. It lists whether it has it:
// `using provided_hooks = provides<hook::batch>;`, or `using provided_hooks = provides<>;`.
#pragma once

#include <palimpsest/pool/provides.hpp>

namespace palimpsest::reset::hook {

/// `static constexpr std::size_t batch`, 1 or more: so many slots are collected before what they
/// give back is given back to the kernel, by one call. Without it, each slot's is at once.
struct batch;

}  // namespace palimpsest::reset::hook
