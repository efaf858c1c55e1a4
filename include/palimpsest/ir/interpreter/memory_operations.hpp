// SPDX-License-Identifier: Apache-2.0
// The operations of the interpreter that access memory.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <palimpsest/ir/interpreter/memory_map.hpp>
#include <palimpsest/ir/opcode.hpp>
#include <palimpsest/ir/semantics/integer_operations.hpp>
#include <palimpsest/ir/trap_code.hpp>
#include <palimpsest/ir/type.hpp>

namespace palimpsest::ir::detail {

/// Loads and stores within a memory map, which must outlive it. They take their operands from the
/// interpreter's frame, and put what they load there. Outside the map they trap.
class memory_operations {
    using stop = std::optional<trap_code>;

  public:
    explicit memory_operations(const memory_map& memory) noexcept : memory_(memory) {}

    /// Runs a load, a store or an atomic operation whose address is an operand.
    template <class Frame>
    stop run(Frame& now) {
        const auto of = now.at->type;
        switch (now.at->code) {
            case opcode::load:
                return load_first(now, bytes(of), false);
            case opcode::uload8:
                return load_first(now, 1, false);
            case opcode::sload8:
                return load_first(now, 1, true);
            case opcode::uload16:
                return load_first(now, 2, false);
            case opcode::sload16:
                return load_first(now, 2, true);
            case opcode::uload32:
                return load_first(now, 4, false);
            case opcode::sload32:
                return load_first(now, 4, true);
            case opcode::store:
                return store_second(now, bytes(of));
            case opcode::istore8:
                return store_second(now, 1);
            case opcode::istore16:
                return store_second(now, 2);
            case opcode::istore32:
                return store_second(now, 4);
            case opcode::atomic_load:
                return load_first(now, bytes(of), false);
            case opcode::atomic_store:
                return store_second(now, bytes(of));
            case opcode::atomic_rmw:
                return modify(now);
            case opcode::atomic_cas:
                return compare_and_swap(now);
            default:  // a fence: there is only one thread
                return std::nullopt;
        }
    }
    template <class Frame>
    stop load(Frame& now, std::uint64_t address, unsigned size, bool is_signed) {
        const auto loaded = read(address, size, now.at->is_big_endian);
        if (!loaded) return now.at->trap;
        auto number = *loaded;
        const auto shift = 64 - 8 * size;
        if (is_signed)
            number =
                static_cast<std::uint64_t>(static_cast<std::int64_t>(number << shift) >> shift);
        now.give(number & mask(now.at->result_type));
        return std::nullopt;
    }
    template <class Frame>
    stop store(Frame& now, std::uint64_t address, std::uint64_t number, unsigned size) {
        auto* const bytes = memory_.find(address, size, true);
        if (bytes == nullptr) return now.at->trap;
        if (now.at->is_big_endian) number = semantics::detail::reversed_bytes(number, size);
        std::memcpy(bytes, &number, size);
        return std::nullopt;
    }
    /// The number at an address; nothing if no memory is there.
    std::optional<std::uint64_t> read(std::uint64_t address, unsigned size,
                                      bool big_endian) const noexcept {
        const auto* const bytes = memory_.find(address, size, false);
        if (bytes == nullptr) return std::nullopt;
        std::uint64_t number = 0;
        std::memcpy(&number, bytes, size);
        return big_endian ? semantics::detail::reversed_bytes(number, size) : number;
    }

  private:
    template <class Frame>
    stop store_second(Frame& now, unsigned size) {
        return store(now, now.second() + now.at->immediate, now.first(), size);
    }
    template <class Frame>
    stop load_first(Frame& now, unsigned size, bool is_signed) {
        return load(now, now.first() + now.at->immediate, size, is_signed);
    }
    template <class Frame>
    stop modify(Frame& now) {
        const auto changed = now.second();
        if (const auto trapped = load(now, now.first(), bytes(now.at->type), false)) return trapped;
        const auto old = now.registers[now.at->result];
        const auto made = semantics::detail::changed_atomically(
            static_cast<atomic_operation>(now.at->condition), old, changed, now.at->type);
        return store(now, now.first(), made, bytes(now.at->type));
    }
    template <class Frame>
    stop compare_and_swap(Frame& now) {
        const auto address = now.first();
        const auto expected = now.second();
        const auto wanted = now.third();
        if (const auto trapped = load(now, address, bytes(now.at->type), false)) return trapped;
        if (now.registers[now.at->result] != expected) return std::nullopt;
        return store(now, address, wanted, bytes(now.at->type));
    }

    const memory_map& memory_;
};

}  // namespace palimpsest::ir::detail
