// SPDX-License-Identifier: Apache-2.0
// The amount of memory that a pool will take, known before anything is mapped.
#pragma once

#include <algorithm>
#include <cstddef>
#include <palimpsest/pool/detail/listed_hooks.hpp>
#include <palimpsest/pool/layout.hpp>
#include <palimpsest/pool/reset/hook.hpp>

namespace palimpsest {

/// Bounds on the memory of a whole pool, in bytes. They do not include images, the kernel's page
/// tables, or the pool's own bookkeeping of some 300 bytes per slot. A backend that remembers pages
/// (write_protect, adaptive, reported, soft_dirty) adds up to 2.2 bytes for each page that a slot
/// can hold; it takes this memory as needed, and returns it once the slot is remapped.
struct pool_footprint {
    /// Reserved address space; it commits no memory.
    std::size_t reserved;
    /// Resident memory if every instance has written all that it may.
    std::size_t worst_in_use;
    /// Resident memory if all slots are free, whatever the instances did.
    std::size_t worst_idle;
};

namespace detail {

template <class Composition>
pool_footprint footprint_of(const slot_layout& layout) {
    using reset = typename Composition::reset;
    const auto slots = layout.slots();
    const auto writable = layout.writable_bytes();
    // Only warm slots keep pages. A restore leaves its budget resident. If it restores less than is
    // resident, only the idle cap bounds the pages that many resets leave.
    const auto warm = std::min(slots, Composition::warm_limit::slots);
    std::size_t idle = 0;
    if (reset::finds_dirty_pages) idle = warm * std::min(writable, Composition::idle_cap::bytes);
    if (Composition::dirty::finds_every_resident_page)
        idle = std::min(idle, Composition::budget::most_bytes(layout.entities(), warm));
    // Slots waiting in a batch that is not full have not given their pages back yet.
    if constexpr (has_hook<reset, palimpsest::reset::hook::batch>)
        idle += (std::min(reset::batch, slots) - 1) * writable;
    return {layout.pool_bytes(), slots * writable, std::min(idle, slots * writable)};
}

}  // namespace detail
}  // namespace palimpsest
