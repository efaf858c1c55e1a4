// SPDX-License-Identifier: Apache-2.0
// Maps, grows, restores and decommits slots, and maps them anew. It makes no decisions: the
// policies make them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/mapping_count.hpp>
#include <palimpsest/os/readable.hpp>
#include <palimpsest/pool/detail/budget_pages.hpp>
#include <palimpsest/pool/detail/combined_budget.hpp>
#include <palimpsest/pool/detail/page_restorer.hpp>
#include <palimpsest/pool/detail/reservation.hpp>
#include <palimpsest/pool/detail/slot_record.hpp>
#include <palimpsest/pool/dirty/hooks.hpp>
#include <palimpsest/pool/layout.hpp>
#include <palimpsest/pool/observe/event.hpp>
#include <string>
#include <vector>

namespace palimpsest::detail {

/// A system call that failed, and the range on which it failed. `error` is 0 when none failed.
struct failed_call {
    std::string_view call{};
    os::address_range range{};
    int error = 0;
    bool slot_unchanged = false;  // it was the first call, and left the slot as it was
};

template <class Types>
class slot_mechanics {
  public:
    using system_type = typename Types::system;
    using tracker_type = typename Types::tracker;
    using budget_type = typename Types::budget;
    using record = slot_record<Types>;

    /// Throws std::invalid_argument for absurd limits, and std::system_error when the address space
    /// does not suffice or the kernel lacks what the backend needs.
    explicit slot_mechanics(const pool_limits& limits)
        : layout_(limits),
          tracker_(system_, layout_),
          reservation_(reserve_slots(system_, layout_)),
          memories_(layout_.slots() * layout_.memories()),
          spans_(layout_.slots() * spans_of_slot()),
          records_(layout_.slots()),
          most_kept_(pages_in(most_kept_bytes())) {
        for (std::size_t slot = 0; slot < slots(); ++slot) set_up(records_[slot], slot);
    }

    slot_mechanics(const slot_mechanics&) = delete;
    slot_mechanics& operator=(const slot_mechanics&) = delete;

    ~slot_mechanics() {
        std::size_t mappings = 0;
        for (const auto& slot : records_) mappings += slot.held ? slot.held->mappings() : 0;
        // Mappings are counted anew once these are gone; a count before that finds too many.
        reservation_ = {};
        os::mapping_counter::given_back(mappings);
    }

    system_type& system() noexcept { return system_; }
    const system_type& system() const noexcept { return system_; }
    tracker_type& tracker() noexcept { return tracker_; }
    const tracker_type& tracker() const noexcept { return tracker_; }
    const slot_layout& layout() const noexcept { return layout_; }
    os::address_range reservation() const noexcept { return reservation_.range(); }

    record& operator[](std::size_t slot) noexcept { return records_[slot]; }
    const record& operator[](std::size_t slot) const noexcept { return records_[slot]; }
    std::size_t slots() const noexcept { return records_.size(); }
    /// The most ranges of a slot that can wait in a batch: a restore can stop in each entity, and
    /// each stop defers the rest span by span.
    std::size_t most_deferred_ranges() const noexcept {
        return layout_.entities() + 2 * spans_of_slot();
    }
    std::size_t number_of(const record& slot) const noexcept {
        return static_cast<std::size_t>(&slot - records_.data());
    }

    // Mapping.

    /// Maps `start` over the slot. After a failure the slot is either as it was, or it is not whole
    /// and must be mapped again before it is used.
    failed_call map(record& slot, const image& start) noexcept {
        const bool was_whole = slot.whole;
        slot.whole = false;
        if (auto failed = clear(slot); failed.error != 0) {
            failed.slot_unchanged = failed.slot_unchanged && was_whole;
            slot.whole = failed.slot_unchanged;
            return failed;
        }
        if (slot.held) os::mapping_counter::given_back(slot.held->mappings());
        slot.held = start;
        if (auto failed = open_small_entities(slot); failed.error != 0) return failed;
        for (std::size_t entity = 0; entity <= layout_.tables(); ++entity) {
            const auto& contents = contents_of(start, entity);
            const auto at = slot.range.begin + layout_.entity(entity).begin;
            if (auto failed = map_extents(start, contents, at); failed.error != 0) return failed;
        }
        for (std::size_t index = 0; index < layout_.memories(); ++index) {
            const auto& contents = contents_of(start, 1 + layout_.tables() + index);
            auto failed = map_memory(slot, slot.memories[index], start, contents);
            if (failed.error != 0) return failed;
        }
        update_spans(slot);
        // A huge page would make one touched byte cost 2 MiB. A page that was merged with the
        // shared zero page looks as if it had only been read.
        for (const auto& span : slot.spans)
            if (auto failed = run<os::refuse_merging>(span); failed.error != 0) return failed;
        dirty::hooks::mapped(tracker_, slot.dirty, slot.range);
        slot.whole = true;
        return {};
    }

    /// Takes everything out of the slot: its pages, and its hold on the image. The next image is
    /// mapped over everything that was in reach. False when the slot may still hold pages.
    bool forget(record& slot) noexcept {
        slot.whole = false;
        const std::size_t mappings = slot.held ? slot.held->mappings() : 0;
        slot.held.reset();
        forfeit(slot);
        update_spans(slot);  // a mapping that failed half way has not updated them
        if (clear(slot).error == 0) {
            os::mapping_counter::given_back(mappings);
            return true;
        }
        // Where mappings are short, pages can be given back all the same.
        bool empty = true;
        for (const auto& span : slot.spans)
            empty = (span.empty() || decommit_now(slot, span)) && empty;
        return empty;
    }

    // Growing.

    class growable {
      public:
        growable(slot_mechanics& of, record& slot, memory_state& memory) noexcept
            : of_(of), slot_(slot), memory_(memory) {}

        std::size_t accessible() const noexcept { return memory_.accessible; }
        std::size_t maximum() const noexcept { return memory_.range.size(); }

        /// Makes everything up to `bytes` accessible. False beyond the maximum, and after a refused
        /// call that could not be undone. Where guard markers were announced it removes them, since
        /// no reset has looked for them there.
        bool open_to(std::size_t bytes) noexcept {
            if (bytes > maximum() || !slot_.whole) return false;
            const auto added = part(memory_.accessible, bytes);
            dirty::hooks::growing(of_.tracker_, slot_.dirty);
            memory_.reach = std::max(memory_.reach, bytes);
            of_.update_span(slot_, memory_);
            if (of_.system_(os::make_accessible{}, added) &&
                (!slot_.guarded || dirty::remove_guards(of_.system_, added))) {
                memory_.accessible = bytes;
                return true;
            }
            undo_opening(added);
            return false;
        }

        /// Makes everything from `bytes` on inaccessible. Its pages stay, and must be clean.
        bool close_to(std::size_t bytes) noexcept {
            if (bytes < memory_.accessible &&
                !of_.system_(os::make_inaccessible{}, part(bytes, memory_.accessible)))
                return false;
            memory_.accessible = std::min(memory_.accessible, bytes);
            return true;
        }

      private:
        /// A call that failed may have opened a part, and another thread of the guest may have
        /// stored into it since. The part is closed and given back, so that a later growth finds
        /// zeros there, and the slot is decommitted whole when it is reset. When the part cannot be
        /// closed or given back, the slot has to be mapped anew.
        void undo_opening(os::address_range added) noexcept {
            slot_.disturbed = true;
            if (!of_.system_(os::make_inaccessible{}, added) || !of_.system_(os::decommit{}, added))
                slot_.whole = false;
        }

        os::address_range part(std::size_t from, std::size_t to) const noexcept {
            return {memory_.range.begin + from, memory_.range.begin + to};
        }

        slot_mechanics& of_;
        record& slot_;
        memory_state& memory_;
    };

    /// Grows a memory to `bytes`; false when that exceeds the maximum or the kernel refuses.
    bool grow(record& slot, memory_state& memory, std::size_t bytes) noexcept {
        if (bytes > memory.range.size()) return false;
        growable facade(*this, slot, memory);
        if (!Types::growth::grow(facade, os::round_up_to_page(bytes))) return false;
        memory.size.store(bytes, std::memory_order_release);
        return true;
    }

    /// Gives the memories of a slot the sizes of its image.
    bool put_back_sizes(record& slot) noexcept {
        for (std::size_t index = 0; index < slot.memories.size(); ++index) {
            auto& memory = slot.memories[index];
            const auto size = contents_of(*slot.held, 1 + layout_.tables() + index).size();
            memory.size.store(size, std::memory_order_relaxed);
            growable facade(*this, slot, memory);
            if (!Types::growth::put_back(facade, os::round_up_to_page(size))) return false;
        }
        return true;
    }

    // Resetting.

    /// Writes the image back over the dirty pages, as far as the budget goes, and decommits the
    /// rest. Decommits the whole slot when more pages would stay than a free slot may keep. False
    /// when the dirty pages cannot be found.
    bool restore(record& slot) noexcept {
        if (!slot.whole || slot.disturbed) return false;
        if constexpr (Types::batched) slot.deferred.clear();
        typename budget_type::purse purse(budget_, slot.account);
        slot.kept = 0;
        if (purse.most() == 0) return decommit_all(slot);
        page_restorer<slot_mechanics, typename budget_type::purse> restorer(*this, slot, purse);
        auto at = slot.range.begin;
        while (at < slot.spans.back().end) {
            const auto most = purse.most();
            const auto collected =
                most == 0 ? dirty::found::up_to(at)
                          : tracker_.collect(slot.dirty, slot.spans, at, most, restorer);
            if (!collected) return false;
            if (restorer.above_cap()) return decommit_all(slot);
            restorer.finish();
            if (collected.walked_to >= slot.spans.back().end) break;
            at = resume_after(slot, collected.walked_to);
            if (!decommit_range(slot, {collected.walked_to, at})) return false;
        }
        system_.tell(event::restored{number_of(slot), slot.kept});
        return true;
    }

    /// Gives all pages of the slot back to the kernel.
    bool decommit(record& slot) noexcept { return slot.whole && decommit_all(slot); }

    /// Gives all pages back now and not by a batch, since the slot is about to be free.
    bool decommit_at_once(record& slot) noexcept {
        forfeit(slot);
        slot.kept = 0;
        for (const auto& span : slot.spans)
            if (!span.empty() && !decommit_now(slot, span)) return false;
        forget_reach(slot);
        slot.disturbed = false;
        slot.announced = false;
        return true;
    }

    /// Maps the slot anew.
    bool remap(record& slot) noexcept {
        forfeit(slot);
        system_.tell(event::remapped{number_of(slot)});
        const image start = *slot.held;
        return map(slot, start).error == 0;
    }

    /// Gives the pages of the slot in `range` back to the kernel, now or with the next batch.
    bool decommit_range(record& slot, os::address_range range) noexcept {
        for (const auto& span : dirty::from(slot.spans, range.begin)) {
            if (span.begin >= range.end) break;
            const auto part = os::intersection(span, range);
            if (part.empty()) continue;
            if constexpr (Types::batched)
                slot.deferred.push_back(part);
            else if (!decommit_now(slot, part))
                return false;
        }
        return true;
    }

    /// Whether the budget lets a slot that was reset keep this many pages.
    bool may_keep(record& slot, std::size_t pages) noexcept {
        return budget_keeps(budget_, slot.account, pages);
    }

    /// The most pages that the idle cap and the budget let a free slot keep.
    std::size_t most_kept() const noexcept { return most_kept_; }

    /// Whether a decommit must remove guard markers, which outlive it. Removing them takes 4 µs and
    /// more, as long as the decommit itself. That is little beside a search for dirty pages that
    /// ended in a decommit, but too much for a reset that does nothing else. With such a reset,
    /// host code announces the markers that it installs.
    bool may_have_guards(const record& slot) const noexcept {
        return Types::reset::finds_dirty_pages || slot.announced.load(std::memory_order_relaxed);
    }

    bool decommit_now(record& slot, os::address_range range) noexcept {
        if (!system_(os::decommit{}, range)) return false;
        if (may_have_guards(slot) && !dirty::remove_guards(system_, range)) return false;
        note_decommitted(slot, range);
        return true;
    }

    /// Gives back now the ranges that waited for a batch.
    bool decommit_deferred(record& slot) noexcept {
        bool clean = true;
        for (const auto& range : slot.deferred) clean = decommit_now(slot, range) && clean;
        slot.deferred.clear();
        if (clean) slot.announced = false;
        return clean;
    }

    void note_decommitted(record& slot, os::address_range range) noexcept {
        system_.tell(event::decommitted{number_of(slot), range.size()});
        dirty::hooks::decommitted(tracker_, slot.dirty, range);
    }

    /// The contents that `start` has for an entity; empty where it has fewer entities than the
    /// layout.
    const entity_contents& contents_of(const image& start, std::size_t entity) const noexcept {
        if (entity == 0) return start.state();
        const bool table = entity <= layout_.tables();
        const auto all = table ? start.tables() : start.memories();
        const auto index = entity - 1 - (table ? 0 : layout_.tables());
        return index < all.size() ? all[index] : zeros_;
    }

  private:
    /// The idle cap, and where a reset finds every resident page also the budget of one slot, since
    /// the footprint counts on it.
    std::size_t most_kept_bytes() const noexcept {
        std::size_t most = Types::composition::idle_cap::bytes;
        if constexpr (Types::composition::dirty::finds_every_resident_page)
            most = std::min(most, budget_type::most_bytes(layout_.entities(), 1));
        return most;
    }

    /// After all pages were decommitted, only the accessible ranges can hold resident pages.
    void forget_reach(record& slot) noexcept {
        for (auto& memory : slot.memories) memory.reach = memory.accessible;
        update_spans(slot);
    }

    template <os::Call Which, class... Arguments>
    failed_call run(os::address_range range, Arguments... arguments) noexcept {
        if (range.empty()) return {};
        const auto answer = system_(Which{}, range, arguments...);
        return {Which::name, range, answer.error};
    }

    failed_call clear(record& slot) noexcept {
        bool first = true;
        for (const auto& span : slot.spans) {
            if (auto failed = run<os::map_inaccessible>(span); failed.error != 0) {
                failed.slot_unchanged = first && is_mapped_as_before(slot);
                return failed;
            }
            first = first && span.empty();
            if (auto failed = run<os::refuse_merging>(span); failed.error != 0) return failed;
        }
        for (auto& memory : slot.memories) {
            memory.size.store(0, std::memory_order_relaxed);
            memory.accessible = memory.reach = 0;
        }
        slot.kept = 0;
        slot.disturbed = false;
        slot.announced = false;
        forfeit(slot);
        return {};
    }

    /// Whether a refused mapping left the old mappings in place. The kernel refuses most calls
    /// before it begins. But when it runs out of memory half way, it leaves a hole or the new
    /// inaccessible pages, and neither can be read.
    bool is_mapped_as_before(record& slot) noexcept {
        const auto readable = [&](os::address_range range) {
            return range.empty() ||
                   (reads_page(range.begin) && reads_page(range.end - os::page_size));
        };
        bool as_before = readable(small_entities(slot));
        for (const auto& memory : slot.memories) as_before = as_before && readable(memory.opened());
        return as_before;
    }
    bool reads_page(std::uintptr_t page) noexcept {
        const os::address_range range{page, page + os::page_size};
        return static_cast<bool>(system_(os::populate_readable{}, range));
    }

    os::address_range small_entities(const record& slot) const noexcept {
        return {slot.range.begin, slot.range.begin + layout_.small_entities_end()};
    }

    failed_call open_small_entities(record& slot) noexcept {
        return run<os::make_accessible>(small_entities(slot));
    }

    failed_call map_memory(record& slot, memory_state& memory, const image& start,
                           const entity_contents& contents) noexcept {
        const auto bytes = os::round_up_to_page(contents.size());
        memory.reach = bytes;  // also when a call below fails, since it may be half done
        const os::address_range opened{memory.range.begin, memory.range.begin + bytes};
        if (auto failed = run<os::make_accessible>(opened); failed.error != 0) return failed;
        // A guard beyond the reach of the last instance has not been removed before.
        if (slot.guarded) {
            auto failed = run<os::remove_guards>(opened);
            if (failed.error != 0 && failed.error != EINVAL) return failed;
        }
        memory.size.store(contents.size(), std::memory_order_relaxed);
        memory.accessible = bytes;
        return map_extents(start, contents, memory.range.begin);
    }

    failed_call map_extents(const image& start, const entity_contents& contents,
                            std::uintptr_t at) noexcept {
        for (const auto& [offset, size, file_offset] : contents.extents()) {
            auto failed = run<os::map_copy_on_write>({at + offset, at + offset + size},
                                                     start.file(), file_offset);
            if (failed.error != 0) return failed;
        }
        return {};
    }

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

    /// The address at which a reset goes on when a purse is empty at `address`.
    std::uintptr_t resume_after(const record& slot, std::uintptr_t address) const noexcept {
        if constexpr (budget_type::purse::next_entity_may_have_more) {
            const auto offset = address - slot.range.begin;
            auto entity = layout_.entity_at(offset);
            if (layout_.entity(entity).end <= offset) ++entity;  // in the guard behind it
            if (entity < layout_.entities()) return slot.range.begin + layout_.entity(entity).end;
        }
        return slot.range.end;
    }

    bool decommit_all(record& slot) noexcept {
        if constexpr (Types::batched) {
            forfeit(slot);
            slot.kept = 0;
            slot.disturbed = false;
            slot.deferred.assign(slot.spans.begin(), slot.spans.end());
            std::erase_if(slot.deferred, [](const auto& span) { return span.empty(); });
            return true;
        } else {
            return decommit_at_once(slot);
        }
    }

    /// Returns to the budget the pages that the slot took from it.
    void forfeit(record& slot) noexcept {
        typename budget_type::purse returned(budget_, slot.account);
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

    const entity_contents zeros_;  // no static, which a fork could find half initialised for good
    system_type system_;
    slot_layout layout_;
    tracker_type tracker_;
    budget_type budget_{};
    os::mapping reservation_;
    std::vector<memory_state> memories_;
    std::vector<os::address_range> spans_;
    std::vector<record> records_;
    std::size_t most_kept_;
};

}  // namespace palimpsest::detail
