// SPDX-License-Identifier: Apache-2.0
// The slots of a pool, and what they share: the address space, the system, the tracker of dirty
// pages and the budget. It knows where the parts of a slot lie and which of them an instance could
// reach. slot_mapping.hpp, memory_growth.hpp and reset_ladder.hpp say what is done to slots.
#pragma once

#include <algorithm>
#include <cstddef>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/mapping_count.hpp>
#include <palimpsest/pool/contents.hpp>
#include <palimpsest/pool/detail/budget_pages.hpp>
#include <palimpsest/pool/detail/reservation.hpp>
#include <palimpsest/pool/detail/slot_record.hpp>
#include <palimpsest/pool/dirty/hooks.hpp>
#include <palimpsest/pool/image.hpp>
#include <palimpsest/pool/layout.hpp>
#include <palimpsest/pool/limits.hpp>
#include <span>
#include <vector>

namespace palimpsest::detail {

template <class Types>
class slot_store {
  public:
    using record = slot_record<Types>;

    /// Throws std::invalid_argument for absurd limits, and std::system_error if there is not enough
    /// address space or the kernel lacks what the backend needs.
    explicit slot_store(const pool_limits& limits)
        : layout_(limits),
          tracker_(system_, layout_),
          reservation_(reserve_slots(system_, layout_)),
          memories_(layout_.slots() * layout_.memories()),
          spans_(layout_.slots() * spans_of_slot()),
          records_(layout_.slots()),
          most_kept_(pages_in(most_kept_bytes())) {
        for (std::size_t slot = 0; slot < slots(); ++slot) set_up(records_[slot], slot);
    }

    slot_store(const slot_store&) = delete;
    slot_store& operator=(const slot_store&) = delete;

    ~slot_store() {
        std::size_t mappings = 0;
        for (const auto& slot : records_) mappings += slot.held ? slot.held->mappings() : 0;
        // Mappings are counted again after these are gone; an earlier count would be too high.
        reservation_ = {};
        os::mapping_counter::given_back(mappings);
    }

    auto& system() noexcept { return system_; }
    const auto& system() const noexcept { return system_; }
    auto& tracker() noexcept { return tracker_; }
    const auto& tracker() const noexcept { return tracker_; }
    auto& budget() noexcept { return budget_; }
    const slot_layout& layout() const noexcept { return layout_; }
    os::address_range reservation() const noexcept { return reservation_.range(); }

    record& operator[](std::size_t slot) noexcept { return records_[slot]; }
    const record& operator[](std::size_t slot) const noexcept { return records_[slot]; }
    std::size_t slots() const noexcept { return records_.size(); }
    std::size_t number_of(const record& slot) const noexcept {
        return static_cast<std::size_t>(&slot - records_.data());
    }

    /// Tells the observer of an event.
    template <class Event>
    void tell(const Event& event) noexcept {
        system_.tell(event);
    }

    /// The contents that `start` has for an entity; empty if `start` does not have that entity.
    const entity_contents& contents_of(const image& start, std::size_t entity) const noexcept {
        if (entity == 0) return start.state();
        const bool table = entity <= layout_.tables();
        const auto all = table ? start.tables() : start.memories();
        const auto index = entity - 1 - (table ? 0 : layout_.tables());
        return index < all.size() ? all[index] : zeros_;
    }

    /// The most pages that the idle cap and the budget allow a free slot to keep.
    std::size_t most_kept() const noexcept { return most_kept_; }

    /// The most ranges of a slot that can wait in a batch: a restore can stop in each entity, and
    /// each stop defers the rest span by span.
    std::size_t most_deferred_ranges() const noexcept {
        return layout_.entities() + 2 * spans_of_slot();
    }

    /// Returns to the budget the pages that the slot took from it.
    void forfeit(record& slot) noexcept {
        typename Types::budget::purse returned(budget_, slot.account);
    }

    // The ranges that an instance could reach.

    /// The state and the tables.
    os::address_range small_entities(const record& slot) const noexcept {
        return {slot.range.begin, slot.range.begin + layout_.small_entities_end()};
    }

    /// Updates the spans after the reach of a memory has changed.
    void update_spans(record& slot) noexcept {
        slot.spans[0] = small_entities(slot);
        for (const auto& memory : slot.memories) update_span(slot, memory);
    }

    /// Updates the span of one memory after its reach changed.
    void update_span(record& slot, const memory_state& memory) noexcept {
        const auto index = static_cast<std::size_t>(&memory - slot.memories.data());
        const auto small = small_entities(slot);
        if (!layout_.scans_small_entities_with_memory())
            slot.spans[1 + index] = memory.reached();
        else if (index != 0)
            slot.spans[index] = memory.reached();
        else if (small.empty() || memory.reach == 0)
            slot.spans[0] = small.empty() ? memory.reached() : small;
        else
            slot.spans[0] = {small.begin, memory.reached().end};
    }

    /// After all pages were decommitted, only the accessible ranges can hold resident pages.
    void forget_reach(record& slot) noexcept {
        for (auto& memory : slot.memories) memory.reach = memory.accessible;
        update_spans(slot);
    }

  private:
    /// The idle cap and, if a reset finds every resident page, also the budget of one slot: the
    /// footprint relies on it.
    std::size_t most_kept_bytes() const noexcept {
        std::size_t most = Types::composition::idle_cap::bytes;
        if constexpr (Types::composition::dirty::finds_every_resident_page)
            most = std::min(most, Types::budget::most_bytes(layout_.entities(), 1));
        return most;
    }

    std::size_t spans_of_slot() const noexcept {
        return layout_.memories() + (layout_.scans_small_entities_with_memory() ? 0 : 1);
    }

    void set_up(record& slot, std::size_t number) {
        const auto begin = reservation_.range().begin + layout_.guard_before_bytes() +
                           number * layout_.slot_bytes();
        slot.memories =
            std::span(memories_).subspan(number * layout_.memories(), layout_.memories());
        slot.spans = std::span(spans_).subspan(number * spans_of_slot(), spans_of_slot());
        slot.range = {begin, begin + layout_.entity(layout_.entities() - 1).end};
        for (std::size_t index = 0; index < layout_.memories(); ++index) {
            const auto memory = begin + layout_.memory_offset(index);
            slot.memories[index].range = {memory, memory + layout_.memory_bytes()};
        }
        // Nothing is mapped yet, so there is nothing to clear before the first image.
        for (auto& span : slot.spans) span = {begin, begin};
        if constexpr (Types::batched) slot.deferred.reserve(most_deferred_ranges());
        dirty::hooks::set_up(tracker_, slot.dirty, slot.range);
    }

    const entity_contents zeros_;  // not static: a fork could leave it half initialised for good
    typename Types::system system_;
    slot_layout layout_;
    typename Types::tracker tracker_;
    typename Types::budget budget_{};
    os::mapping reservation_;
    std::vector<memory_state> memories_;
    std::vector<os::address_range> spans_;
    std::vector<record> records_;
    std::size_t most_kept_;
};

}  // namespace palimpsest::detail
