// SPDX-License-Identifier: Apache-2.0
// How much a pool will take, known before anything is mapped.
#pragma once

#include <algorithm>
#include <cstddef>
#include <palimpsest/pool/budget/bytes.hpp>
#include <palimpsest/pool/layout.hpp>
#include <palimpsest/pool/reset/hook.hpp>

namespace palimpsest {

/// All in bytes, for the whole pool. Images come on top, what the kernel needs for page tables, and the
/// pool's own bookkeeping: some 300 bytes a slot; a backend that remembers pages (write_protect,
/// adaptive, reported, soft_dirty) notes up to 2.2 bytes for each page that a slot can hold, in pages
/// that it takes as they are needed and gives back once the slot is mapped anew.
struct pool_footprint {
    /// Address space, which commits nothing.
    std::size_t reserved;
    /// Resident when every instance has written all it may.
    std::size_t worst_in_use;
    /// Resident when all slots are free, whatever the instances did.
    std::size_t worst_idle;
};

namespace detail {

template <class Composition>
pool_footprint footprint_of(const slot_layout& layout) {
    using reset = typename Composition::reset;
    const auto slots = layout.slots();
    const auto writable = layout.writable_bytes();
    // Warm slots alone keep pages. A restore leaves its budget resident; where it restores less
    // than is resident, only the idle cap bounds what many resets leave.
    const auto warm = std::min(slots, Composition::warm_limit::slots);
    std::size_t idle = 0;
    if (reset::finds_dirty_pages)
        idle = warm * std::min(writable, Composition::idle_cap::bytes);
    if (Composition::dirty::finds_every_resident_page)
        idle = std::min(idle, Composition::budget::most_bytes(layout.entities(), warm));
    // What waits in a batch that is not full has not been given back yet.
    if constexpr (has_hook<reset, palimpsest::reset::hook::batch>)
        idle += (std::min(reset::batch, slots) - 1) * writable;
    return {layout.pool_bytes(), slots * writable, std::min(idle, slots * writable)};
}

}  // namespace detail
}  // namespace palimpsest
