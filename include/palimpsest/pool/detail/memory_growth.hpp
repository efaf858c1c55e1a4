// SPDX-License-Identifier: Apache-2.0
// Grows the memories of a slot, and restores the sizes they have in the image, as the growth policy
// says.
#pragma once

#include <algorithm>
#include <cstddef>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/pool/detail/slot_record.hpp>
#include <palimpsest/pool/detail/slot_store.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hooks.hpp>

namespace palimpsest::detail {

/// A memory as a growth policy sees it.
template <class Types>
class growing_memory {
  public:
    growing_memory(slot_store<Types>& slots, slot_record<Types>& slot,
                   memory_state& memory) noexcept
        : slots_(slots), slot_(slot), memory_(memory) {}

    std::size_t accessible() const noexcept { return memory_.accessible; }
    std::size_t maximum() const noexcept { return memory_.range.size(); }

    /// Makes everything up to `bytes` accessible. False beyond the maximum, and after a refused
    /// call that could not be undone. Removes announced guard markers, since no reset has looked
    /// for them there.
    bool open_to(std::size_t bytes) noexcept {
        if (bytes > maximum() || !slot_.whole) return false;
        const auto added = part(memory_.accessible, bytes);
        dirty::hooks::growing(slots_.tracker(), slot_.dirty);
        memory_.reach = std::max(memory_.reach, bytes);
        slots_.update_span(slot_, memory_);
        if (slots_.system()(os::make_accessible{}, added) &&
            (!slot_.guarded || dirty::remove_guards(slots_.system(), added))) {
            memory_.accessible = bytes;
            return true;
        }
        undo_opening(added);
        return false;
    }

    /// Makes everything from `bytes` on inaccessible. Its pages stay, and must be clean.
    bool close_to(std::size_t bytes) noexcept {
        if (bytes < memory_.accessible &&
            !slots_.system()(os::make_inaccessible{}, part(bytes, memory_.accessible)))
            return false;
        memory_.accessible = std::min(memory_.accessible, bytes);
        return true;
    }

  private:
    /// A failed call may have opened a part, and another thread of the guest may have stored into
    /// it since. The part is closed and given back, so that a later growth finds zeros there, and
    /// the next reset decommits the whole slot. If the part cannot be closed or given back, the
    /// slot has to be remapped.
    void undo_opening(os::address_range added) noexcept {
        slot_.disturbed = true;
        if (!slots_.system()(os::make_inaccessible{}, added) ||
            !slots_.system()(os::decommit{}, added))
            slot_.whole = false;
    }

    os::address_range part(std::size_t from, std::size_t to) const noexcept {
        return {memory_.range.begin + from, memory_.range.begin + to};
    }

    slot_store<Types>& slots_;
    slot_record<Types>& slot_;
    memory_state& memory_;
};

/// Grows a memory to `bytes`; false if that exceeds the maximum or the kernel refuses.
template <class Types>
bool grow_memory(slot_store<Types>& slots, slot_record<Types>& slot, memory_state& memory,
                 std::size_t bytes) noexcept {
    if (bytes > memory.range.size()) return false;
    growing_memory<Types> growing(slots, slot, memory);
    if (!Types::growth::grow(growing, os::round_up_to_page(bytes))) return false;
    memory.size.store(bytes, std::memory_order_release);
    return true;
}

/// Gives the memories of a slot the sizes of its image; false if the kernel refuses.
template <class Types>
bool put_back_sizes(slot_store<Types>& slots, slot_record<Types>& slot) noexcept {
    for (std::size_t index = 0; index < slot.memories.size(); ++index) {
        auto& memory = slot.memories[index];
        const auto size = slots.contents_of(*slot.held, 1 + slots.layout().tables() + index).size();
        memory.size.store(size, std::memory_order_relaxed);
        growing_memory<Types> growing(slots, slot, memory);
        if (!Types::growth::put_back(growing, os::round_up_to_page(size))) return false;
    }
    return true;
}

}  // namespace palimpsest::detail
