// The sink of a search for dirty pages: writes the image back over what is found, as far as the
// budget grants it and the idle cap has room. A page costs a copy and a few nanoseconds, since what there is to know of an
// entity is looked up once and not for each of its pages.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/pool/contents.hpp>
#include <palimpsest/pool/dirty/hooks.hpp>

namespace palimpsest::detail {

template <class Mechanics, class Purse>
class page_restorer {
  public:
    using record = typename Mechanics::record;

    page_restorer(const Mechanics& mechanics, record& slot, Purse& purse) noexcept
        : mechanics_(mechanics), slot_(slot), purse_(purse) {}

    /// Restores the pages of `range` from its start on; gives how many it got past: those that the
    /// budget granted, and those of a guard between two entities, where nothing can be dirty.
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
            const auto granted = purse_.take(number_, within_cap(wanted));
            const auto granted_end = range.begin + granted * os::page_size;
            write_back({range.begin, granted_end});
            slot_.kept += granted;
            range.begin = granted_end;
            if (granted < wanted) break;
        }
        return (range.begin - begin) / os::page_size;
    }

    /// Whether the slot holds all that the idle cap lets it keep: nothing more is worth restoring.
    bool full() const noexcept { return full_; }

  private:
    /// How many of `wanted` pages may be kept beside those that are.
    std::size_t within_cap(std::size_t wanted) noexcept {
        const auto resident = dirty::hooks::resident(mechanics_.tracker(), slot_.dirty,
                                                     slot_.kept + wanted);
        if (resident <= mechanics_.most_kept()) return wanted;
        full_ = true;
        return wanted - std::min(wanted, resident - mechanics_.most_kept());
    }

    /// The entity at `address`; in a guard, a memory beside it.
    void look_up(std::uintptr_t address) noexcept {
        const auto& layout = mechanics_.layout();
        number_ = layout.entity_at(address - slot_.range.begin);
        const auto bounds = layout.entity(number_);
        entity_ = {slot_.range.begin + bounds.begin, slot_.range.begin + bounds.end};
        writable_end_ = entity_.end;
        if (number_ > layout.tables())
            writable_end_ =
                entity_.begin + slot_.memories[number_ - 1 - layout.tables()].accessible;
        contents_ = entity_contents::writer(mechanics_.contents_of(*slot_.held, number_));
    }

    /// Where the next entity begins, for an address in a guard; behind the last, the end of all.
    std::uintptr_t end_of_guard(std::uintptr_t address) const noexcept {
        if (address < entity_.begin) return entity_.begin;
        const auto& layout = mechanics_.layout();
        if (number_ + 1 == layout.entities()) return ~std::uintptr_t{0};
        return slot_.range.begin + layout.entity(number_ + 1).begin;
    }

    void write_back(os::address_range range) noexcept {
        // Pages above the accessible part of a memory were restored before it was closed.
        range.end = std::min(range.end, writable_end_);
        if (!range.empty()) contents_.write(range, range.begin - entity_.begin);
    }

    const Mechanics& mechanics_;
    record& slot_;
    Purse& purse_;
    std::size_t number_ = 0;
    os::address_range entity_{};
    std::uintptr_t writable_end_ = 0;
    bool full_ = false;
    entity_contents::writer contents_{};
};

}  // namespace palimpsest::detail
