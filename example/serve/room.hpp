// SPDX-License-Identifier: Apache-2.0
// What a guest needs of a slot.
#pragma once

#include <cstddef>
#include <palimpsest/units.hpp>

namespace serve {

using namespace palimpsest::literals;

struct guest_room {
    /// Bytes that its memory may grow to.
    std::size_t memory;
    /// Functions that its table holds.
    std::size_t table_elements;
};

}  // namespace serve
