// SPDX-License-Identifier: Apache-2.0
// Where in the pool an address lies.
#pragma once

#include <cstddef>

namespace palimpsest {

enum class entity_kind : unsigned char { state, table, memory, guard };

/// What `instance_pool::locate` answers.
struct location {
    std::size_t slot;
    entity_kind kind;
    /// The number of the table or memory; 0 for the state. For a guard, that of the memory it
    /// belongs to.
    std::size_t entity;
    /// Bytes from the start of the entity. For a guard behind a memory, from the start of that
    /// memory; for one before it, the bytes by which the address lies before the memory.
    std::size_t offset;
    /// Only for a guard: it lies before its memory, not behind it.
    bool before = false;
};

}  // namespace palimpsest
