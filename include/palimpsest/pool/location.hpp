// SPDX-License-Identifier: Apache-2.0
// The part of a pool in which an address lies.
#pragma once

#include <cstddef>

namespace palimpsest {

/// The kinds of ranges that a slot consists of.
enum class entity_kind : unsigned char { state, table, memory, guard };

/// The answer of `instance_pool::locate`: the slot in which an address lies, and the part of it.
struct location {
    std::size_t slot;
    entity_kind kind;
    /// The number of the table or memory; 0 for the state. For a guard, the number of the memory to
    /// which it belongs.
    std::size_t entity;
    /// Bytes from the start of the entity. For a guard after a memory, from the start of that
    /// memory; for a guard before it, how far before the memory the address lies.
    std::size_t offset;
    /// Only for a guard: it lies before its memory, not after it.
    bool before = false;
};

}  // namespace palimpsest
