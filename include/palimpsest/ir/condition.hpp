// SPDX-License-Identifier: Apache-2.0
// What comparisons ask.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace palimpsest::ir {

enum class int_condition : std::uint8_t { eq, ne, slt, sge, sgt, sle, ult, uge, ugt, ule };

/// An operand that is not a number makes all false that does not begin with `u`, but `ne`.
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

/// What an atomic read-modify-write does with what was there.
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

/// The place of `text` among names.
template <std::size_t Size>
constexpr std::optional<std::uint8_t> place_of(std::string_view text,
                                               const std::array<std::string_view, Size>& names) {
    for (std::size_t place = 0; place < Size; ++place)
        if (names[place] == text) return static_cast<std::uint8_t>(place);
    return std::nullopt;
}

}  // namespace palimpsest::ir
