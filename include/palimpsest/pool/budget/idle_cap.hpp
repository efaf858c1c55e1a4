// SPDX-License-Identifier: Apache-2.0
// What a free slot may keep resident, over all its resets: a slot that is found above the cap is
// decommitted whole.
//
// Where dirty pages are told from clean ones, a reset restores few pages and yet the resident set
// grows with each new pattern of a hostile guest; the cap bounds it.
#pragma once

#include <cstddef>
#include <palimpsest/pool/role.hpp>
#include <palimpsest/units.hpp>

namespace palimpsest::budget {

/// The default is 8 MiB. `idle_cap<no_limit>` (budget/bytes.hpp) never decommits.
template <std::size_t Bytes>
struct idle_cap {
    using role = role::idle_cap;

    /// The most that a free slot keeps, for the footprint.
    static constexpr std::size_t bytes = Bytes;
};

}  // namespace palimpsest::budget
