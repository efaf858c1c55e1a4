// SPDX-License-Identifier: Apache-2.0
// Limits how much a free slot keeps resident, over all its resets. A slot found above the cap is
// decommitted whole.
//
// A backend that tells dirty pages from clean ones restores few pages per reset, yet the resident
// set can grow with each new access pattern of a hostile guest. The cap bounds it.
#pragma once

#include <cstddef>
#include <palimpsest/pool/roles.hpp>
#include <palimpsest/units.hpp>

namespace palimpsest::budget {

/// Decommits a whole slot if a reset finds more than `Bytes` of it resident. The default is 8 MiB.
/// Lower it to bound idle memory more tightly; `idle_cap<budget::no_limit>` never decommits.
template <std::size_t Bytes>
struct idle_cap {
    using role = roles::idle_cap;

    /// The most bytes that a free slot keeps; the footprint relies on it.
    static constexpr std::size_t bytes = Bytes;
};

}  // namespace palimpsest::budget
