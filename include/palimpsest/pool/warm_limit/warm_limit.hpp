// SPDX-License-Identifier: Apache-2.0
// Limits how many free slots stay warm. Beyond the limit, the slot that has been free the longest
// is decommitted and forgets its image.
#pragma once

#include <cstddef>
#include <palimpsest/pool/budget/no_limit.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::reuse {

/// Lets at most `Slots` free slots of the pool keep their image and their pages. Choose it on hosts
/// with many images and much idle memory. The default is no limit (`no_warm_limit`).
template <std::size_t Slots>
struct warm_limit {
    using role = roles::warm_limit;

    static constexpr std::size_t slots = Slots;
};

/// Lets every free slot stay warm. The default.
using no_warm_limit = warm_limit<budget::no_limit>;

}  // namespace palimpsest::reuse
