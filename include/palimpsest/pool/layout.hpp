// SPDX-License-Identifier: Apache-2.0
// The layout of a pool and of its slots.
//
//   pool:  | guard before | slot 0 | slot 1 | ...
//
//   slot:  | state | table 0 | table 1 | guard before | memory 0 ... maximum | guard |
//          | guard before | memory 1 ... maximum | guard | ...
//
// State, tables and the first memory lie next to each other, so that one scan of the page map
// covers all three: the cost of a scan depends on the span it walks and on the number of calls. The
// memories after the guard of the first one are scanned separately.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/pool/limits.hpp>
#include <palimpsest/pool/location.hpp>
#include <stdexcept>
#include <string>

namespace palimpsest {

/// The offsets and sizes of all parts of a slot, computed from the limits. All in bytes; sizes are
/// whole pages. It maps nothing and never changes.
class slot_layout {
  public:
    /// Throws std::invalid_argument, which names the limit, if the limits are absurd: nothing to
    /// hold, or sizes whose sum does not fit into an address.
    explicit slot_layout(const pool_limits& limits)
        : slots_(limits.slots), tables_(limits.tables), memories_(limits.memories) {
        if (limits.slots == 0) refuse("slots is 0: a pool needs one slot at the least");
        refuse_above(limits.slots, std::size_t{1} << 24U, "slots");
        refuse_above(limits.tables, std::size_t{1} << 16U, "tables");
        refuse_above(limits.memories, std::size_t{1} << 16U, "memories");
        state_bytes_ = rounded(limits.state, "state");
        table_bytes_ = bytes_of_table(limits);
        memory_bytes_ = rounded(limits.memory.maximum, "memory.maximum");
        guard_bytes_ = rounded(limits.memory.guard, "memory.guard");
        guard_before_bytes_ = rounded(limits.memory.guard_before, "memory.guard_before");

        // Each size is at most 2^47 by now, so a sum of 2^16 of them cannot overflow.
        memories_begin_ = state_bytes_ + tables_ * table_bytes_;
        memory_stride_ = guard_before_bytes_ + memory_bytes_ + guard_bytes_;
        if (memories_begin_ > most || exceeds(memories_, memory_stride_, most - memories_begin_))
            refuse_slot();
        slot_bytes_ = memories_begin_ + memories_ * memory_stride_;
        if (writable_bytes() == 0)
            refuse("nothing to hold: state, tables and memory.maximum are all 0; raise one");
        if (exceeds(slots_, slot_bytes_, most - guard_before_bytes_)) refuse_pool();
        pool_bytes_ = slots_ * slot_bytes_ + guard_before_bytes_;
    }

    std::size_t slots() const noexcept { return slots_; }
    std::size_t tables() const noexcept { return tables_; }
    std::size_t memories() const noexcept { return memories_; }
    /// The number of entities: the state, the tables and the memories, which lie in this order.
    std::size_t entities() const noexcept { return 1 + tables_ + memories_; }

    std::size_t state_bytes() const noexcept { return state_bytes_; }
    std::size_t table_bytes() const noexcept { return table_bytes_; }
    std::size_t memory_bytes() const noexcept { return memory_bytes_; }
    std::size_t guard_bytes() const noexcept { return guard_bytes_; }
    std::size_t guard_before_bytes() const noexcept { return guard_before_bytes_; }
    std::size_t slot_bytes() const noexcept { return slot_bytes_; }
    std::size_t pool_bytes() const noexcept { return pool_bytes_; }
    /// The bytes of a slot that an instance can write: everything but the guards.
    std::size_t writable_bytes() const noexcept {
        return memories_begin_ + memories_ * memory_bytes_;
    }

    /// Offset of a table from the start of the slot.
    std::size_t table_offset(std::size_t table) const noexcept {
        return state_bytes_ + table * table_bytes_;
    }
    /// Offset of a memory, after its guard, from the start of the slot.
    std::size_t memory_offset(std::size_t memory) const noexcept {
        return memories_begin_ + memory * memory_stride_ + guard_before_bytes_;
    }
    /// Offset of the end of the state and the tables from the start of the slot.
    std::size_t small_entities_end() const noexcept { return memories_begin_; }

    /// The full range of an entity, up to its maximum, as offsets from the start of the slot.
    os::address_range entity(std::size_t index) const noexcept {
        if (index == 0) return {0, state_bytes_};
        if (index <= tables_) return {table_offset(index - 1), table_offset(index)};
        const auto begin = memory_offset(index - 1 - tables_);
        return {begin, begin + memory_bytes_};
    }

    /// The number of the entity at `offset` from the start of the slot. In the guard of a memory,
    /// it is that memory.
    std::size_t entity_at(std::size_t offset) const noexcept {
        if (offset >= memories_begin_)
            return 1 + tables_ + (offset - memories_begin_) / memory_stride_;
        if (offset < state_bytes_) return 0;
        return 1 + (offset - state_bytes_) / table_bytes_;
    }

    /// The largest distance, in bytes, between the tables and the first memory at which one call
    /// scans both. Scanning 64 MiB of nothing takes about a microsecond longer than scanning one
    /// page, and a second call costs as much.
    static constexpr std::size_t joined_scan_gap = 4_MiB;

    /// Whether one scan covers the state, the tables and the first memory.
    bool scans_small_entities_with_memory() const noexcept {
        return memories_ > 0 && guard_before_bytes_ <= joined_scan_gap;
    }

    /// Finds the slot and the entity at an offset from the start of the pool; nothing if it lies
    /// before the first slot or after the last. Async-signal-safe.
    std::optional<location> locate(std::size_t offset) const noexcept {
        if (offset < guard_before_bytes_ || offset >= pool_bytes_) return std::nullopt;
        offset -= guard_before_bytes_;
        const auto slot = offset / slot_bytes_;
        offset -= slot * slot_bytes_;
        if (offset < state_bytes_) return location{slot, entity_kind::state, 0, offset};
        if (offset < memories_begin_) {
            const auto table = (offset - state_bytes_) / table_bytes_;
            return location{slot, entity_kind::table, table, offset - table_offset(table)};
        }
        const auto memory = (offset - memories_begin_) / memory_stride_;
        const auto begin = memory_offset(memory);
        if (offset < begin) return location{slot, entity_kind::guard, memory, begin - offset, true};
        const auto inside = offset - begin;
        return location{slot, inside < memory_bytes_ ? entity_kind::memory : entity_kind::guard,
                        memory, inside};
    }

    /// The name and size of the limit that takes up most of a slot, for errors that say what to
    /// lower.
    std::string dominant_limit() const {
        const auto memories = memories_;
        struct part {
            const char* name;
            std::size_t bytes;
        };
        part largest{"state", state_bytes_};
        for (const part& other : {part{"table_elements", tables_ * table_bytes_},
                                  part{"memory.maximum", memories * memory_bytes_},
                                  part{"memory.guard", memories * guard_bytes_},
                                  part{"memory.guard_before", memories * guard_before_bytes_}})
            if (other.bytes > largest.bytes) largest = other;
        return std::string(largest.name) + " (" + std::to_string(largest.bytes) +
               " bytes of each slot)";
    }

  private:
    // 2^47: more than any process has, and far from where sums of sizes could overflow.
    static constexpr std::size_t most = std::size_t{1} << 47U;

    static constexpr const char* too_large = " larger than 128 TiB, the address space of a process";

    [[noreturn]] static void refuse(const std::string& what) {
        throw std::invalid_argument("palimpsest: pool_limits: " + what);
    }
    static void refuse_above(std::size_t count, std::size_t possible, const char* limit) {
        if (count > possible)
            refuse(std::string(limit) + " is " + std::to_string(count) + ", and at most " +
                   std::to_string(possible) + " are possible; lower it");
    }
    static void refuse_size(std::size_t bytes, const char* limit) {
        if (bytes > most)
            refuse(std::string(limit) + " makes the pool" + too_large + ": it is " +
                   std::to_string(bytes) + "; lower it");
    }
    /// Each size is possible by itself, but not all of them together.
    [[noreturn]] void refuse_slot() const {
        refuse("a slot is" + std::string(too_large) + ", most of it for " + dominant_limit() +
               ", with tables " + std::to_string(tables_) + " and memories " +
               std::to_string(memories_) + "; lower one of these");
    }
    [[noreturn]] void refuse_pool() const {
        refuse("slots is " + std::to_string(slots_) + ", of " + std::to_string(slot_bytes_) +
               " bytes each, which makes the pool" + too_large + "; most of a slot is for " +
               dominant_limit() + ": lower slots or that limit");
    }

    /// Whether `count` times `bytes` is more than `room`.
    static constexpr bool exceeds(std::size_t count, std::size_t bytes, std::size_t room) noexcept {
        return bytes != 0 && count > room / bytes;
    }
    static std::size_t rounded(std::size_t bytes, const char* limit) {
        refuse_size(bytes, limit);
        return os::round_up_to_page(bytes);
    }
    static std::size_t bytes_of_table(const pool_limits& limits) {
        refuse_size(limits.table_elements, "table_elements");
        refuse_size(limits.table_element_bytes, "table_element_bytes");
        if (exceeds(limits.table_elements, limits.table_element_bytes, most))
            refuse("a table of table_elements (" + std::to_string(limits.table_elements) +
                   ") times table_element_bytes (" + std::to_string(limits.table_element_bytes) +
                   ") is" + too_large + "; lower one of them");
        return os::round_up_to_page(limits.table_elements * limits.table_element_bytes);
    }

    std::size_t slots_;
    std::size_t tables_;
    std::size_t memories_;
    std::size_t state_bytes_ = 0;
    std::size_t table_bytes_ = 0;
    std::size_t memory_bytes_ = 0;
    std::size_t guard_bytes_ = 0;
    std::size_t guard_before_bytes_ = 0;
    std::size_t memories_begin_ = 0;
    std::size_t memory_stride_ = 0;
    std::size_t slot_bytes_ = 0;
    std::size_t pool_bytes_ = 0;
};

}  // namespace palimpsest
