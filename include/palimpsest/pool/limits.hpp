// SPDX-License-Identifier: Apache-2.0
// The limits that an embedder fixes when it builds a pool: how many slots, and how large each may
// be.
#pragma once

#include <cstddef>
#include <palimpsest/units.hpp>

namespace palimpsest {

/// Limits of each linear memory. All in bytes, rounded up to whole pages.
struct memory_limits {
    /// The size up to which a memory can grow.
    std::size_t maximum = 64_MiB;
    /// Inaccessible range after each memory, counted from its maximum. An engine that omits bounds
    /// checks needs maximum + guard to cover every address that an access can reach: 8 GiB for a
    /// 32-bit index with a 32-bit offset.
    std::size_t guard = 2_GiB;
    /// Inaccessible range before each memory. The state and the tables of the slot lie before the
    /// first memory and are scanned together with it, so keep this short: above 4 MiB they are
    /// scanned separately, which costs one more system call.
    std::size_t guard_before = 64_KiB;
};

/// The number of slots of a pool and the limits of each. They are fixed when the pool is built, and
/// an image that exceeds them does not fit. A slot takes up address space for its limits, but
/// memory only for the pages that instances touch.
struct pool_limits {
    /// Instances that can exist at the same time.
    std::size_t slots = 100;
    /// Linear memories of an instance.
    std::size_t memories = 1;
    memory_limits memory{};
    /// Tables of an instance.
    std::size_t tables = 0;
    /// Elements that each table has room for.
    std::size_t table_elements = 0;
    /// Bytes of one element.
    std::size_t table_element_bytes = sizeof(void*);
    /// Bytes of instance state: globals, the engine's own structures, whatever a reset must undo.
    std::size_t state = 0;
};

}  // namespace palimpsest
