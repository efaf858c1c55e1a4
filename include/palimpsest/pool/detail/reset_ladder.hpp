// SPDX-License-Identifier: Apache-2.0
// What happens to a slot between one instance and the next, from top to bottom.
//
// A slot is put back to its image by the cheapest means that works. If one fails, the next is
// tried:
//
//   1. restore      writes the image back over the dirty pages; their page tables stay
//   2. decommit     gives the pages back to the kernel
//   3. remap        maps the image over the slot again
//   4. quarantine   takes everything out of the slot, and sets it aside if that fails, too
//
// The reset policy says where a release begins. A slot in quarantine is retried later, and is not
// handed out until it has been emptied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/os/mapping_count.hpp>
#include <palimpsest/pool/detail/combined_budget.hpp>
#include <palimpsest/pool/detail/decommit_batch.hpp>
#include <palimpsest/pool/detail/free_slots.hpp>
#include <palimpsest/pool/detail/memory_growth.hpp>
#include <palimpsest/pool/detail/page_restorer.hpp>
#include <palimpsest/pool/detail/quarantine.hpp>
#include <palimpsest/pool/detail/slot_decommit.hpp>
#include <palimpsest/pool/detail/slot_mapping.hpp>
#include <palimpsest/pool/detail/slot_record.hpp>
#include <palimpsest/pool/detail/slot_store.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hooks.hpp>
#include <palimpsest/pool/image.hpp>
#include <palimpsest/pool/observe/event.hpp>

namespace palimpsest::detail {

template <class Types>
class reset_ladder {
    using record = slot_record<Types>;
    using purse = typename Types::budget::purse;

  public:
    reset_ladder(slot_store<Types>& slots, free_slots<Types>& free)
        : slots_(slots), free_(free), batch_(slots), quarantine_(slots.slots()) {}

    /// Resets a slot to its image and frees it, at once or with a batch of others.
    void release(record& slot) noexcept {
        const bool erased = erase(slot);
        if constexpr (Types::batched) {
            if (erased && !slot.deferred.empty()) {
                batch_.add(slots_.number_of(slot), slot.deferred,
                           slot_decommit(slots_, slot).may_have_guards(), finisher());
                return;
            }
        }
        finish(slot, erased);
    }

    /// Resets a slot to its image in place. If that fails, the slot must be remapped.
    bool reset_in_place(record& slot) noexcept {
        bool erased = erase(slot);
        if constexpr (Types::batched)
            erased = slot_decommit(slots_, slot).deferred(false) && erased;
        if (!erased || !settle(slot)) {
            slot.whole = false;
            return false;
        }
        dirty::hooks::acquired(slots_.tracker(), slot.dirty);
        slots_.tell(event::was_reset{slots_.number_of(slot)});
        return true;
    }

    /// Empties the batch, calls `then` before anything is added again, and returns its result.
    template <class Then>
    auto flush(Then&& then) noexcept {
        return batch_.flush(finisher(), then);
    }

    /// Tries to empty slots in quarantine, until `most_refusals` of them could not be emptied.
    /// Returns how many are free now.
    std::size_t recover(std::size_t most_refusals) noexcept {
        if (quarantine_.empty()) return 0;
        return quarantine_.try_again(most_refusals, [this](std::size_t number) noexcept {
            return free_emptied(slots_[number], event::recovered{number});
        });
    }

    // Fork handling.

    void lock() noexcept {
        batch_.lock();
        quarantine_.lock();
    }
    void unlock() noexcept {
        quarantine_.unlock();
        batch_.unlock();
    }
    void forked() noexcept { batch_.forked(); }

  private:
    // From rung to rung.

    /// Does what the reset policy says, or, if that fails, gives all pages back. False if the
    /// kernel refuses both.
    bool erase(record& slot) noexcept {
        dirty::hooks::resetting(slots_.tracker(), slot.dirty);
        resetting_slot resetting(*this, slot);
        if (Types::reset::reset(resetting)) return true;
        slots_.tell(event::degraded{slots_.number_of(slot), event::reset_step::restore});
        return decommit(slot);
    }

    /// The rest of a release, once everything is restored or given back, or both failed.
    void finish(record& slot, bool erased) noexcept {
        if (erased && settle(slot)) {
            free_warm(slot);
            return;
        }
        const auto number = slots_.number_of(slot);
        slots_.tell(event::degraded{number, event::reset_step::decommit});
        if (map_anew(slot)) {
            free_warm(slot);
            return;
        }
        slots_.tell(event::degraded{number, event::reset_step::remap});
        empty_or_quarantine(slot, event::released{number});
    }
    auto finisher() noexcept {
        return [this](std::size_t number, bool decommitted) noexcept {
            auto& slot = slots_[number];
            finish(slot, slot_decommit(slots_, slot).deferred(decommitted));
        };
    }

    /// The slot as a reset policy sees it.
    class resetting_slot {
      public:
        resetting_slot(reset_ladder& ladder, record& slot) noexcept
            : ladder_(ladder), slot_(slot) {}

        bool restore() noexcept { return ladder_.restore(slot_); }
        bool decommit() noexcept { return ladder_.decommit(slot_); }
        bool remap() noexcept { return ladder_.map_anew(slot_); }
        std::size_t index() const noexcept { return ladder_.slots_.number_of(slot_); }

      private:
        reset_ladder& ladder_;
        record& slot_;
    };

  public:
    // The rungs.

    /// Rung 1: writes the image back over the dirty pages, as far as the budget goes, and decommits
    /// the rest. Decommits the whole slot if it would keep more pages than a free slot may. False
    /// if the dirty pages cannot be found.
    bool restore(record& slot) noexcept {
        if (!slot.whole || slot.disturbed) return false;
        if constexpr (Types::batched) slot.deferred.clear();
        purse granted(slots_.budget(), slot.account);
        slot.kept = 0;
        slot_decommit rest(slots_, slot);
        if (granted.most() == 0) return rest.all();
        page_restorer<Types> restorer(slots_, slot, granted);
        auto at = slot.range.begin;
        while (at < slot.spans.back().end) {
            const auto most = granted.most();
            const auto collected =
                most == 0 ? dirty::found::up_to(at)
                          : slots_.tracker().collect(slot.dirty, slot.spans, at, most, restorer);
            if (!collected) return false;
            if (restorer.above_cap()) return rest.all();
            restorer.finish();
            if (collected.walked_to >= slot.spans.back().end) break;
            at = resume_after(slot, collected.walked_to);
            if (!rest.range({collected.walked_to, at})) return false;
        }
        slots_.tell(event::restored{slots_.number_of(slot), slot.kept});
        return true;
    }

    /// Rung 2: gives all pages of the slot back to the kernel.
    bool decommit(record& slot) noexcept { return slot.whole && slot_decommit(slots_, slot).all(); }

    /// Rung 3: maps the image of the slot over it again.
    bool map_anew(record& slot) noexcept {
        slots_.forfeit(slot);
        slots_.tell(event::remapped{slots_.number_of(slot)});
        const image start = *slot.held;
        return slot_mapping(slots_, slot).map(start).error == 0;
    }

    /// Rung 4: takes everything out of the slot and frees it, after reporting the events `told`. If
    /// that fails, the slot goes into quarantine: its contents are not known, and nobody sees it
    /// until it has been emptied. An acquire that failed halfway ends here as well.
    template <class... Events>
    void empty_or_quarantine(record& slot, const Events&... told) noexcept {
        if (free_emptied(slot, told...)) return;
        slots_.tell(event::quarantined{slots_.number_of(slot)});
        quarantine_.put(slots_.number_of(slot));
    }

  private:
    // Rungs 1 and 4 in detail.

    /// The address at which a restore resumes after the purse ran out at `address`.
    std::uintptr_t resume_after(const record& slot, std::uintptr_t address) const noexcept {
        if constexpr (purse::next_entity_may_have_more) {
            const auto& layout = slots_.layout();
            const auto offset = address - slot.range.begin;
            auto entity = layout.entity_at(offset);
            if (layout.entity(entity).end <= offset) ++entity;  // in the guard after it
            if (entity < layout.entities()) return slot.range.begin + layout.entity(entity).end;
        }
        return slot.range.end;
    }

    /// Takes everything out of the slot, and frees it as a cold one. False if it may still hold
    /// pages.
    template <class... Events>
    bool free_emptied(record& slot, const Events&... told) noexcept {
        if (!take_all_out(slot)) return false;
        (slots_.tell(told), ...);
        free_.put(slots_.number_of(slot), 0);
        return true;
    }

    /// Takes everything out of the slot: its pages, and its hold on the image. The next image is
    /// mapped over everything that was in reach. False if the slot may still hold pages.
    bool take_all_out(record& slot) noexcept {
        slot.whole = false;
        const std::size_t mappings = slot.held ? slot.held->mappings() : 0;
        slot.held.reset();
        slots_.forfeit(slot);
        slots_.update_spans(slot);  // a mapping that failed halfway has not updated them
        if (slot_mapping(slots_, slot).clear().error == 0) {
            os::mapping_counter::given_back(mappings);
            return true;
        }
        // Even if mappings are short, pages can be given back.
        bool empty = true;
        for (const auto& span : slot.spans) empty = slot_decommit(slots_, slot).now(span) && empty;
        return empty;
    }

    // The end of each reset: what may stay in the slot, and who gets it.

    /// Makes an erased slot keep no more pages than it may, and restores the sizes of its image.
    /// False if the kernel refuses.
    bool settle(record& slot) noexcept {
        dirty::hooks::restored(slots_.tracker(), slot.dirty, slot.spans);
        return keep_small(slot) && put_back_sizes(slots_, slot);
    }

    /// Decommits the slot if it keeps more pages than it may, and remaps it if it has become slow
    /// to reset.
    bool keep_small(record& slot) noexcept {
        const auto pages = dirty::hooks::resident(slots_.tracker(), slot.dirty, slot.kept);
        slot_decommit whole(slots_, slot);
        if (pages > slots_.most_kept()) return whole.all_at_once();
        if (dirty::hooks::overgrown(slots_.tracker(), slot.dirty, slot.spans))
            return map_anew(slot) || (slot.whole && whole.all_at_once());
        return budget_keeps(slots_.budget(), slot.account, pages) || whole.all_at_once();
    }

    /// Frees a slot that is warm for its image. If that exceeds the warm limit, one slot is cooled.
    void free_warm(record& slot) noexcept {
        const auto number = slots_.number_of(slot);
        slots_.tell(event::released{number});
        if constexpr (Types::limits_warm_slots) {
            if (free_.warm().add() > Types::composition::warm_limit::slots) {
                put_and_cool_one(number);
                return;
            }
        }
        free_.put(number, slot.held->id());
    }

    /// Frees a slot that exceeds the warm limit, and takes the pages and the image from the slot
    /// that has been free the longest, or from this one if the reuse policy names none. Never keeps
    /// two slots from other threads at once, since another thread may have no other slot left.
    void put_and_cool_one(std::size_t number) noexcept {
        if (!free_.names_warm()) {
            free_.warm().subtract();
            empty_or_quarantine(slots_[number]);
            return;
        }
        const auto image = slots_[number].held->id();
        free_.put(number, image);
        auto taken = free_.take_oldest_warm();
        if (!taken) taken = free_.take(image);  // forgotten, or somebody was faster
        if (!taken) return;
        if (!slots_[*taken].held) {
            free_.put(*taken, 0);
            return;
        }
        free_.warm().subtract();
        empty_or_quarantine(slots_[*taken]);
    }

    slot_store<Types>& slots_;
    free_slots<Types>& free_;
    [[no_unique_address]] batch_for<Types> batch_;
    quarantine<typename Types::threading::mutex> quarantine_;
};

}  // namespace palimpsest::detail
