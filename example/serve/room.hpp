// SPDX-License-Identifier: Apache-2.0
// What a guest needs from a slot.
#pragma once

#include <cstddef>
#include <palimpsest/units.hpp>

namespace serve {

using namespace palimpsest::literals;

struct guest_room {
    /// The most bytes that its memory may grow to.
    std::size_t memory;
    /// The number of functions that its table holds.
    std::size_t table_elements;
};

}  // namespace serve
