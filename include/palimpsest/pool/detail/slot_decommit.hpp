// SPDX-License-Identifier: Apache-2.0
// Gives the pages of a slot back to the kernel: at once, or with those of other slots once a batch
// is full.
#pragma once

#include <cstddef>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/pool/detail/slot_record.hpp>
#include <palimpsest/pool/detail/slot_store.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hooks.hpp>
#include <palimpsest/pool/observe/event.hpp>
#include <vector>

namespace palimpsest::detail {

/// The decommits of one slot: `slot_decommit(slots, slot).all()`. Each returns false if the kernel
/// refuses.
template <class Types>
class slot_decommit {
  public:
    slot_decommit(slot_store<Types>& slots, slot_record<Types>& slot) noexcept
        : slots_(slots), slot_(slot) {}

    /// Gives all pages back, now or with the next batch.
    bool all() noexcept {
        if constexpr (Types::batched) {
            slots_.forfeit(slot_);
            slot_.kept = 0;
            slot_.disturbed = false;
            slot_.deferred.assign(slot_.spans.begin(), slot_.spans.end());
            std::erase_if(slot_.deferred, [](const auto& span) { return span.empty(); });
            return true;
        } else {
            return all_at_once();
        }
    }

    /// Gives all pages back now and not with a batch, since the slot is about to be free.
    bool all_at_once() noexcept {
        slots_.forfeit(slot_);
        slot_.kept = 0;
        for (const auto& span : slot_.spans)
            if (!now(span)) return false;
        slots_.forget_reach(slot_);
        slot_.disturbed = false;
        slot_.announced = false;
        return true;
    }

    /// Gives the pages in `range` back, now or with the next batch.
    bool range(os::address_range range) noexcept {
        for (const auto& span : dirty::from(slot_.spans, range.begin)) {
            if (span.begin >= range.end) break;
            const auto part = os::intersection(span, range);
            if constexpr (Types::batched) {
                if (!part.empty()) slot_.deferred.push_back(part);
            } else if (!now(part)) {
                return false;
            }
        }
        return true;
    }

    /// Gives back the ranges that waited for a batch. `done` says that the batch has given all of
    /// them back; if its one call failed for several slots, this finds out which.
    bool deferred(bool done) noexcept {
        bool clean = true;
        for (const auto& range : slot_.deferred) {
            if (done)
                note(range);
            else
                clean = now(range) && clean;
        }
        slot_.deferred.clear();
        if (clean) slot_.announced = false;
        return clean;
    }

    /// Gives one range back now; an empty one needs nothing.
    bool now(os::address_range range) noexcept {
        if (range.empty()) return true;
        if (!slots_.system()(os::decommit{}, range)) return false;
        if (may_have_guards() && !dirty::remove_guards(slots_.system(), range)) return false;
        note(range);
        return true;
    }

    /// Whether a decommit must remove guard markers, which outlive it. Removing them takes 4 µs or
    /// more, as long as the decommit itself. That is little compared with a search for dirty pages
    /// that ended in a decommit, but too much for a reset that does nothing else. With such a
    /// reset, host code announces the markers that it installs.
    bool may_have_guards() const noexcept {
        return Types::reset::finds_dirty_pages || slot_.announced.load(std::memory_order_relaxed);
    }

  private:
    void note(os::address_range range) noexcept {
        slots_.tell(event::decommitted{slots_.number_of(slot_), range.size()});
        dirty::hooks::decommitted(slots_.tracker(), slot_.dirty, range);
    }

    slot_store<Types>& slots_;
    slot_record<Types>& slot_;
};

}  // namespace palimpsest::detail
