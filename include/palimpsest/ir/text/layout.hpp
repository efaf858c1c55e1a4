// SPDX-License-Identifier: Apache-2.0
// How the operands of each format are written, as data that the reader and the printer share. A
// layout is a string of letters, each of which stands for one item:
//
//     v  one operand                             i  an integer of 64 bits
//     V  the operands that are left              I  an integer of the controlling type
//     A  the same in parentheses                 F  a floating point number
//     b  a target: a block and its arguments     c  a condition, or what an atomic change does
//     B  the targets that are left, in brackets  m  memory flags
//     s  a stack slot                            o  an offset after an address
//     g  a global                                t  a trap code
//     f  a function                              ,  a comma
//     S  a signature
#pragma once

#include <array>
#include <cstddef>
#include <palimpsest/ir/condition.hpp>
#include <palimpsest/ir/opcode.hpp>
#include <span>
#include <string_view>

namespace palimpsest::ir::text {

/// The layouts, by ir::format.
inline constexpr std::array<const char*, 22> layouts{
    "V",      // values
    "I",      // integer
    "F",      // float_constant
    "v,i",    // value_and_integer
    "cV",     // int_compare
    "cv,i",   // int_compare_integer
    "cV",     // float_compare
    "mvo",    // load
    "mv,vo",  // store
    "mV",     // flags_and_values
    "mcV",    // atomic_modify
    "so",     // stack
    "v,so",   // stack_store
    "g",      // global
    "f",      // function
    "b",      // jump
    "v,b,b",  // branch
    "v,b,B",  // branch_table
    "fA",     // call
    "S,vA",   // call_indirect
    "t",      // trap
    "V,t",    // values_and_trap
};
static_assert(layouts.size() == static_cast<std::size_t>(format::values_and_trap) + 1);

/// The layout of an operation's operands.
constexpr const char* layout_of(opcode of) noexcept {
    return layouts[static_cast<std::size_t>(describe(of).shape)];
}

/// The words that the letter `c` of a layout stands for, and their name in errors.
struct condition_words {
    std::span<const std::string_view> names;
    const char* expected;
};
/// The words for an operation of this format, which must have such a letter.
constexpr condition_words condition_words_of(format shape) noexcept {
    if (shape == format::float_compare)
        return {float_condition_names, "a condition, such as eq or lt"};
    if (shape == format::atomic_modify) return {atomic_operation_names, "what to do, such as add"};
    return {int_condition_names, "a condition, such as eq or slt"};
}

}  // namespace palimpsest::ir::text
