// SPDX-License-Identifier: Apache-2.0
// The sink of a search for dirty pages. It writes the image back over the pages found, as far as
// the budget grants them. Granted pages are written 64 ranges at a time, so that little or nothing
// is restored in a slot that turns out to exceed the idle cap. A page costs a copy and a few
// nanoseconds, since the data of an entity are looked up once and not for each of its pages.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/pool/contents.hpp>
#include <palimpsest/pool/detail/slot_record.hpp>
#include <palimpsest/pool/detail/slot_store.hpp>
#include <palimpsest/pool/dirty/hooks.hpp>
#include <span>

namespace palimpsest::detail {

template <class Types>
class page_restorer {
  public:
    using record = slot_record<Types>;
    using purse = typename Types::budget::purse;

    page_restorer(const slot_store<Types>& slots, record& slot, purse& from) noexcept
        : slots_(slots), slot_(slot), purse_(from) {}

    /// Restores the pages of `range` from its start, and returns how many it got past: those that
    /// the budget granted, and those of a guard between two entities, where nothing can be dirty.
    std::size_t operator()(os::address_range range) noexcept {
        const auto begin = range.begin;
        while (!range.empty()) {
            if (!entity_.contains(range.begin)) look_up(range.begin);
            if (range.begin < entity_.begin || range.begin >= entity_.end) {
                range.begin = std::min(range.end, end_of_guard(range.begin));
                continue;
            }
            const auto end = std::min(range.end, entity_.end);
            const auto wanted = (end - range.begin) / os::page_size;
            const auto granted = purse_.take(number_, wanted);
            slot_.kept += granted;
            if (granted == wanted && is_above_cap()) break;
            const auto granted_end = range.begin + granted * os::page_size;
            add({range.begin, granted_end});
            range.begin = granted_end;
            if (granted < wanted) break;
        }
        return (range.begin - begin) / os::page_size;
    }

    /// Whether the slot was found to keep more pages than allowed, restored or not. It is then
    /// decommitted whole, so that restoring more is pointless.
    bool above_cap() const noexcept { return above_cap_; }

    /// Writes the pages granted so far.
    void finish() noexcept {
        for (const auto& range : std::span(granted_).first(ranges_)) {
            if (!entity_.contains(range.begin)) look_up(range.begin);
            write_back(range);
        }
        ranges_ = 0;
    }

  private:
    /// The most ranges waiting to be written. They take 1 KiB on the stack.
    static constexpr std::size_t most_ranges = 64;

    bool is_above_cap() noexcept {
        const auto resident = dirty::hooks::resident(slots_.tracker(), slot_.dirty, slot_.kept);
        above_cap_ = resident > slots_.most_kept();
        return above_cap_;
    }

    void add(os::address_range range) noexcept {
        if (range.empty()) return;
        granted_[ranges_++] = range;
        if (ranges_ < most_ranges) return;
        const auto at = entity_.begin;
        finish();
        look_up(at);
    }

    /// Looks up the entity at `address`; in a guard, a memory next to it.
    void look_up(std::uintptr_t address) noexcept {
        const auto& layout = slots_.layout();
        number_ = layout.entity_at(address - slot_.range.begin);
        const auto bounds = layout.entity(number_);
        entity_ = {slot_.range.begin + bounds.begin, slot_.range.begin + bounds.end};
        writable_end_ = entity_.end;
        if (number_ > layout.tables())
            writable_end_ =
                entity_.begin + slot_.memories[number_ - 1 - layout.tables()].accessible;
        contents_ = entity_contents::writer(slots_.contents_of(*slot_.held, number_));
    }

    /// The start of the next entity, for an address in a guard; after the last entity, the end of
    /// the address space.
    std::uintptr_t end_of_guard(std::uintptr_t address) const noexcept {
        if (address < entity_.begin) return entity_.begin;
        const auto& layout = slots_.layout();
        if (number_ + 1 == layout.entities()) return ~std::uintptr_t{0};
        return slot_.range.begin + layout.entity(number_ + 1).begin;
    }

    void write_back(os::address_range range) noexcept {
        // Pages above the accessible part of a memory were restored before it was closed.
        range.end = std::min(range.end, writable_end_);
        if (!range.empty()) contents_.write(range, range.begin - entity_.begin);
    }

    const slot_store<Types>& slots_;
    record& slot_;
    purse& purse_;
    std::size_t number_ = 0;
    os::address_range entity_{};
    std::uintptr_t writable_end_ = 0;
    bool above_cap_ = false;
    std::size_t ranges_ = 0;
    std::array<os::address_range, most_ranges> granted_;
    entity_contents::writer contents_{};
};

}  // namespace palimpsest::detail
