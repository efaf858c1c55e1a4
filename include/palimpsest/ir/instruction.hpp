// SPDX-License-Identifier: Apache-2.0
// An instruction: fixed in size, with its lists in the pools of its function.
#pragma once

#include <cstdint>
#include <palimpsest/ir/condition.hpp>
#include <palimpsest/ir/entity.hpp>
#include <palimpsest/ir/memory_flags.hpp>
#include <palimpsest/ir/opcode.hpp>
#include <palimpsest/ir/trap_code.hpp>

namespace palimpsest::ir {

/// A list of a function, as a run of entries in one of its pools.
struct pool_run {
    std::uint32_t begin = 0;
    std::uint32_t count = 0;
};

/// The target of a branch: a block, and the arguments for its parameters.
struct block_call {
    block to;
    pool_run arguments{};  // in the pool of values
};

/// The data of an instruction. The format of its opcode determines which fields count; the others
/// keep their defaults. Its lists are valid only with the function that holds the pools.
struct instruction {
    opcode code = opcode::nop;
    ir::type type = ir::type::none;  // the controlling type
    std::uint8_t condition = 0;      // of a comparison; the operation of an atomic one
    trap_code trap{};
    memory_flags flags{};
    std::uint32_t entity = 0;     // index of the function, signature, stack slot or global
    std::uint64_t immediate = 0;  // a constant's bits, or a memory offset, sign-extended
    pool_run arguments{};         // in the pool of values
    pool_run results{};           // in the pool of values
    pool_run targets{};           // in the pool of block calls; of a br_table the default first

    /// The entity that the instruction names, of the kind that its format requires.
    template <class Entity>
    Entity as() const noexcept {
        return Entity(entity);
    }
    /// The condition of an integer comparison.
    int_condition compares() const noexcept { return static_cast<int_condition>(condition); }
    /// The condition of a floating point comparison.
    float_condition compares_float() const noexcept {
        return static_cast<float_condition>(condition);
    }
    /// The offset of a memory access, in bytes.
    std::int64_t offset() const noexcept { return static_cast<std::int64_t>(immediate); }
};

}  // namespace palimpsest::ir
