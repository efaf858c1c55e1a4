// SPDX-License-Identifier: Apache-2.0
// The conditions of comparisons, and the operations of atomic changes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace palimpsest::ir {

/// The condition of an integer comparison, by its name in text. Those that begin with `s` compare
/// signed numbers, those with `u` unsigned ones.
enum class int_condition : std::uint8_t { eq, ne, slt, sge, sgt, sle, ult, uge, ugt, ule };

/// The condition of a floating point comparison, by its name in text. If an operand is a NaN, the
/// conditions that begin with `u` are true, and so is `ne`; all others are false.
enum class float_condition : std::uint8_t {
    ord,
    uno,
    eq,
    ne,
    one,
    ueq,
    lt,
    le,
    gt,
    ge,
    ult,
    ule,
    ugt,
    uge
};

inline constexpr std::array<std::string_view, 10> int_condition_names{
    "eq", "ne", "slt", "sge", "sgt", "sle", "ult", "uge", "ugt", "ule"};
inline constexpr std::array<std::string_view, 14> float_condition_names{
    "ord", "uno", "eq", "ne", "one", "ueq", "lt", "le", "gt", "ge", "ult", "ule", "ugt", "uge"};

/// Says how an atomic read-modify-write computes the new content of memory from the old one and its
/// operand.
enum class atomic_operation : std::uint8_t {
    add,
    sub,
    band,
    nand,
    bor,
    bxor,
    xchg,
    umin,
    umax,
    smin,
    smax
};
inline constexpr std::array<std::string_view, 11> atomic_operation_names{
    "add", "sub", "and", "nand", "or", "xor", "xchg", "umin", "umax", "smin", "smax"};

/// The place of `text` among names, from 0; nothing when it is none of them.
[[gnu::noinline]] constexpr std::optional<std::uint8_t> place_of(
    std::string_view text, std::span<const std::string_view> names) noexcept {
    for (std::size_t place = 0; place < names.size(); ++place)
        if (names[place] == text) return static_cast<std::uint8_t>(place);
    return std::nullopt;
}

}  // namespace palimpsest::ir
