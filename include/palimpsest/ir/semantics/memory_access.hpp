// SPDX-License-Identifier: Apache-2.0
// The bytes that loads and stores access.
#pragma once

#include <cstdint>
#include <palimpsest/ir/function.hpp>

namespace palimpsest::ir::semantics {

/// Whether an operation reads memory and does nothing else to it.
constexpr bool is_load(opcode code) noexcept {
    return has_effect(code, effect::loads) && !has_effect(code, effect::stores) &&
           code != opcode::global_value;
}
/// Whether an operation writes memory and does not read it.
constexpr bool is_store(opcode code) noexcept {
    return has_effect(code, effect::stores) && !has_effect(code, effect::loads);
}

/// Whether a load or a store names the stack slot that it accesses.
constexpr bool names_slot(opcode code) noexcept {
    return code == opcode::stack_load || code == opcode::stack_store;
}

/// The number of bytes that a load or a store accesses.
constexpr unsigned bytes_accessed(opcode code, ir::type type) noexcept {
    using enum opcode;
    switch (code) {
        case uload8:
        case sload8:
        case istore8:
            return 1;
        case uload16:
        case sload16:
        case istore16:
            return 2;
        case uload32:
        case sload32:
        case istore32:
            return 4;
        default:
            return bytes(type);
    }
}

/// The bytes that an instruction reads or writes, and the type of the value there.
struct memory_access {
    std::uint32_t base = 0;  // a value's number, or a stack slot's
    bool in_slot = false;
    opcode as{};  // the load that returns the value there, also for stores
    ir::type type{};
    std::uint16_t byte_order = 0;
    std::uint64_t offset = 0;

    friend bool operator==(const memory_access&, const memory_access&) = default;
};

namespace detail {
/// Replaces the address of a slot by the slot itself, whichever instruction took it.
template <class = void>
void set_base(const function& in, memory_access& of, value address) noexcept {
    of.base = static_cast<std::uint32_t>(address.index());
    const auto& data = in[address];
    if (data.is != value_data::kind::result) return;
    const auto& from = in[inst(data.of)];
    if (from.code != opcode::stack_addr) return;
    of.in_slot = true;
    of.base = from.entity;
    of.offset += from.immediate;
}
}  // namespace detail

/// The access made by an instruction for which is_load() or is_store() holds.
template <class = void>
memory_access access_of(const function& in, inst which) noexcept {
    const auto& one = in[which];
    memory_access made;
    made.as = is_store(one.code) || names_slot(one.code) ? opcode::load : one.code;
    made.type = one.type;
    made.byte_order = one.flags.raw() & memory_flags::byte_orders;
    made.offset = one.immediate;
    made.in_slot = names_slot(one.code);
    made.base = one.entity;
    if (!made.in_slot)
        detail::set_base(in, made, in.resolve(in.arguments(which)[is_load(one.code) ? 0 : 1]));
    return made;
}

}  // namespace palimpsest::ir::semantics
