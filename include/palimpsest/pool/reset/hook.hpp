// SPDX-License-Identifier: Apache-2.0
// The hook that a reset policy may have. A policy with the hook lists it, `using provided_hooks =
// provides<hook::batch>;`, and one without it lists nothing: `using provided_hooks = provides<>;`.
#pragma once

#include <palimpsest/pool/provides.hpp>

namespace palimpsest::reset::hook {

/// `static constexpr std::size_t batch`, 1 or more: the number of slots that are collected before
/// their pages are given back to the kernel, in one call. Without it, each slot gives its pages
/// back at once.
struct batch;

}  // namespace palimpsest::reset::hook
