// SPDX-License-Identifier: Apache-2.0
// What the embedder fixes when a pool is built: how many slots, and how large each may be.
#pragma once

#include <cstddef>
#include <palimpsest/units.hpp>

namespace palimpsest {

/// Of each linear memory; all in bytes, rounded up to whole pages.
struct memory_limits {
    /// What a memory can grow to.
    std::size_t maximum = 64_MiB;
    /// Inaccessible range behind each memory, counted from its maximum. An engine that leaves out
    /// bounds checks needs maximum + guard to cover all that an access can reach: 8 GiB for a
    /// 32-bit index with a 32-bit offset.
    std::size_t guard = 2_GiB;
    /// Inaccessible range before each memory. The state and the tables of the slot lie before the
    /// first one and are scanned together with it, so keep it short: above 4 MiB they are scanned
    /// apart, which costs a system call more.
    std::size_t guard_before = 64_KiB;
};

struct pool_limits {
    /// Instances that can exist at the same time.
    std::size_t slots = 100;
    /// Linear memories of an instance.
    std::size_t memories = 1;
    memory_limits memory{};
    /// Tables of an instance.
    std::size_t tables = 0;
    std::size_t table_elements = 0;
    std::size_t table_element_bytes = sizeof(void*);
    /// Bytes of instance state: globals, the engine's own structures, whatever a reset must undo.
    std::size_t state = 0;
};

}  // namespace palimpsest
