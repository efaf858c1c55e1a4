// SPDX-License-Identifier: Apache-2.0
// Maps an image over a slot, and removes everything mapped there again.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/call.hpp>
#include <palimpsest/os/guard_marker.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/mapping_count.hpp>
#include <palimpsest/os/readable.hpp>
#include <palimpsest/pool/contents.hpp>
#include <palimpsest/pool/detail/slot_record.hpp>
#include <palimpsest/pool/detail/slot_store.hpp>
#include <palimpsest/pool/dirty/hooks.hpp>
#include <palimpsest/pool/image.hpp>
#include <string_view>

namespace palimpsest::detail {

/// A system call that failed, and the range on which it failed. `error` is 0 if none failed.
struct failed_call {
    std::string_view call{};
    os::address_range range{};
    int error = 0;
    bool slot_unchanged = false;  // it was the first call, and left the slot as it was
};

/// The mappings of one slot: `slot_mapping(slots, slot).map(image)`.
template <class Types>
class slot_mapping {
  public:
    slot_mapping(slot_store<Types>& slots, slot_record<Types>& slot) noexcept
        : slots_(slots), slot_(slot) {}

    /// Maps `start` over the slot. After a failure the slot is either unchanged, or it is not whole
    /// and must be mapped again before use.
    failed_call map(const image& start) noexcept {
        const bool was_whole = slot_.whole;
        slot_.whole = false;
        if (auto failed = clear(); failed.error != 0) {
            failed.slot_unchanged = failed.slot_unchanged && was_whole;
            slot_.whole = failed.slot_unchanged;
            return failed;
        }
        if (slot_.held) os::mapping_counter::given_back(slot_.held->mappings());
        slot_.held = start;
        if (auto failed = map_entities(start); failed.error != 0) return failed;
        slots_.update_spans(slot_);
        // With huge pages one touched byte would cost 2 MiB. A page that was merged with the shared
        // zero page looks as if it had only been read.
        for (const auto& span : slot_.spans)
            if (auto failed = run<os::refuse_merging>(span); failed.error != 0) return failed;
        dirty::hooks::mapped(slots_.tracker(), slot_.dirty, slot_.range);
        slot_.whole = true;
        return {};
    }

    /// Maps inaccessible memory over everything that was in reach. After a failure the slot is
    /// either unchanged, or may still hold pages.
    failed_call clear() noexcept {
        bool first = true;
        for (const auto& span : slot_.spans) {
            if (auto failed = run<os::map_inaccessible>(span); failed.error != 0) {
                failed.slot_unchanged = first && is_mapped_as_before();
                return failed;
            }
            first = first && span.empty();
            if (auto failed = run<os::refuse_merging>(span); failed.error != 0) return failed;
        }
        for (auto& memory : slot_.memories) {
            memory.size.store(0, std::memory_order_relaxed);
            memory.accessible = memory.reach = 0;
        }
        slot_.kept = 0;
        slot_.disturbed = false;
        slot_.announced = false;
        slots_.forfeit(slot_);
        return {};
    }

  private:
    template <os::Call Which, class... Arguments>
    failed_call run(os::address_range range, Arguments... arguments) noexcept {
        if (range.empty()) return {};
        const auto answer = slots_.system()(Which{}, range, arguments...);
        return {Which::name, range, answer.error};
    }

    failed_call map_entities(const image& start) noexcept {
        const auto& layout = slots_.layout();
        auto failed = run<os::make_accessible>(slots_.small_entities(slot_));
        if (failed.error != 0) return failed;
        for (std::size_t entity = 0; entity <= layout.tables(); ++entity) {
            const auto at = slot_.range.begin + layout.entity(entity).begin;
            failed = map_extents(start, slots_.contents_of(start, entity), at);
            if (failed.error != 0) return failed;
        }
        for (std::size_t index = 0; index < layout.memories(); ++index) {
            const auto& contents = slots_.contents_of(start, 1 + layout.tables() + index);
            failed = map_memory(slot_.memories[index], start, contents);
            if (failed.error != 0) return failed;
        }
        return {};
    }

    failed_call map_memory(memory_state& memory, const image& start,
                           const entity_contents& contents) noexcept {
        const auto bytes = os::round_up_to_page(contents.size());
        memory.reach = bytes;  // even if a call below fails, since it may be half done
        const os::address_range opened{memory.range.begin, memory.range.begin + bytes};
        if (auto failed = run<os::make_accessible>(opened); failed.error != 0) return failed;
        // A guard beyond the reach of the last instance has not been removed yet.
        if (slot_.guarded) {
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

    /// Whether a refused mapping left the old mappings in place. The kernel refuses most calls
    /// before it changes anything. But if it runs out of memory halfway, it leaves a hole or the
    /// new inaccessible pages, neither of which can be read.
    bool is_mapped_as_before() noexcept {
        const auto readable = [&](os::address_range range) {
            return range.empty() ||
                   (reads_page(range.begin) && reads_page(range.end - os::page_size));
        };
        bool as_before = readable(slots_.small_entities(slot_));
        for (const auto& memory : slot_.memories)
            as_before = as_before && readable(memory.opened());
        return as_before;
    }
    bool reads_page(std::uintptr_t page) noexcept {
        const os::address_range range{page, page + os::page_size};
        return static_cast<bool>(slots_.system()(os::populate_readable{}, range));
    }

    slot_store<Types>& slots_;
    slot_record<Types>& slot_;
};

}  // namespace palimpsest::detail
