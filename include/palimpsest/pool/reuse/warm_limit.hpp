// SPDX-License-Identifier: Apache-2.0
// How many free slots may stay warm. Beyond it the slot that has been free the longest is
// decommitted and forgets its image: for hosts with many images and much idle memory.
#pragma once

#include <cstddef>
#include <palimpsest/pool/budget/bytes.hpp>
#include <palimpsest/pool/role.hpp>

namespace palimpsest::reuse {

/// `Slots` free slots of the pool keep their image and their pages. The default is no limit.
template <std::size_t Slots>
struct warm_limit {
    using role = role::warm_limit;

    static constexpr std::size_t slots = Slots;
};

using no_warm_limit = warm_limit<budget::no_limit>;

}  // namespace palimpsest::reuse
