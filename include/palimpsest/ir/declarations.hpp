// SPDX-License-Identifier: Apache-2.0
// The entities that a function declares besides its blocks: stack slots, functions that it refers
// to, globals and alias regions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/entity.hpp>
#include <palimpsest/ir/memory_flags.hpp>
#include <palimpsest/ir/type.hpp>
#include <string>

namespace palimpsest::ir {

/// The size and the alignment of a stack slot. A slot's content is undefined when the function
/// begins.
struct stack_slot_data {
    std::uint32_t size = 0;  // bytes
    /// The power of 2 that the slot is aligned to, in bytes: 3 means 8 bytes.
    std::uint8_t align_log2 = 0;

    static constexpr std::uint32_t most_size = 1U << 30U;
    static constexpr std::uint8_t most_align_log2 = 16;

    friend bool operator==(const stack_slot_data&, const stack_slot_data&) = default;
};

/// A function that another one calls or takes the address of: its name and its declared signature.
struct function_ref_data {
    std::string name;
    signature_ref signature;
    bool colocated = false;

    /// Whether it only fills a number that the text skipped. Nothing may then refer to it.
    bool is_left_out() const noexcept { return !signature && name.empty(); }

    friend bool operator==(const function_ref_data&, const function_ref_data&) = default;
};

/// An address or a value that is known when the function runs, and is computed where it is used:
/// the vmctx, the address of a symbol, a value loaded at a base, or a base plus an offset.
struct global_data {
    /// Says how the global is computed.
    enum class kind : std::uint8_t { vmctx, symbol, load, add };
    static constexpr std::size_t most_bases = 100;  // in a chain

    kind is = kind::vmctx;
    global_ref base{};        // of load and add
    std::int64_t offset = 0;  // of all but vmctx
    ir::type type = ir::type::i64;
    memory_flags flags{};
    std::string symbol{};
    bool colocated = false;

    friend bool operator==(const global_data&, const global_data&) = default;
};

/// An alias region: memory that accesses to other regions do not touch. The number identifies it in
/// the whole program: when functions are inlined into each other, regions with the same number are
/// one region. Regions of one function have different numbers. The name is for people, and nothing
/// depends on it.
struct alias_region_data {
    static constexpr std::uint64_t most_number = 0xffff'ffff;

    std::uint64_t number = most_number + 1;
    std::string name{};  // without quotation marks

    /// Whether it only fills a number that the text skipped. No access may then be in it.
    bool is_left_out() const noexcept { return number > most_number; }

    friend bool operator==(const alias_region_data&, const alias_region_data&) = default;
};

}  // namespace palimpsest::ir
