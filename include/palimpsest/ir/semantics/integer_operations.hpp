// SPDX-License-Identifier: Apache-2.0
// Arithmetic on integers of 8 to 64 bits, which are kept in 64 bits with zeros above.
//
// The rarer operations are not inlined into the functions that use them, each of which is one large
// switch over all operations.
#pragma once

#include <bit>
#include <cstdint>
#include <palimpsest/ir/condition.hpp>
#include <palimpsest/ir/type.hpp>

namespace palimpsest::ir::semantics::detail {

__extension__ using uint128 = unsigned __int128;
__extension__ using int128 = __int128;

/// The number with its sign bit copied to all bits above.
constexpr std::int64_t sign_extended(std::uint64_t bits, type of) noexcept {
    const auto shift = 64 - ir::bits(of);
    return static_cast<std::int64_t>(bits << shift) >> shift;
}

constexpr std::uint64_t as_bits(std::int64_t number) noexcept {
    return static_cast<std::uint64_t>(number);
}

constexpr bool compares(int_condition is, std::uint64_t left, std::uint64_t right,
                        type of) noexcept {
    const auto signed_left = sign_extended(left, of);
    const auto signed_right = sign_extended(right, of);
    switch (is) {
        case int_condition::eq:
            return left == right;
        case int_condition::ne:
            return left != right;
        case int_condition::slt:
            return signed_left < signed_right;
        case int_condition::sge:
            return signed_left >= signed_right;
        case int_condition::sgt:
            return signed_left > signed_right;
        case int_condition::sle:
            return signed_left <= signed_right;
        case int_condition::ult:
            return left < right;
        case int_condition::uge:
            return left >= right;
        case int_condition::ugt:
            return left > right;
        case int_condition::ule:
            return left <= right;
    }
    return false;
}

[[gnu::noinline]] constexpr std::uint64_t multiply_high_unsigned(std::uint64_t left,
                                                                 std::uint64_t right,
                                                                 type of) noexcept {
    return static_cast<std::uint64_t>((uint128{left} * right) >> bits(of));
}
[[gnu::noinline]] constexpr std::uint64_t multiply_high_signed(std::uint64_t left,
                                                               std::uint64_t right,
                                                               type of) noexcept {
    return static_cast<std::uint64_t>(
        (int128{sign_extended(left, of)} * sign_extended(right, of)) >> bits(of));
}

[[gnu::noinline]] constexpr std::uint64_t rotated_left(std::uint64_t number, std::uint64_t by,
                                                       type of) noexcept {
    const auto size = bits(of);
    const auto left = static_cast<unsigned>(by & (size - 1));
    return left == 0 ? number : ((number << left) | (number >> (size - left))) & mask(of);
}

constexpr std::uint64_t leading_zeros(std::uint64_t number, type of) noexcept {
    return static_cast<std::uint64_t>(std::countl_zero(number)) - (64 - bits(of));
}
constexpr std::uint64_t trailing_zeros(std::uint64_t number, type of) noexcept {
    return number == 0 ? bits(of) : static_cast<std::uint64_t>(std::countr_zero(number));
}
/// The number of bits directly below the sign bit that equal it.
[[gnu::noinline]] constexpr std::uint64_t leading_signs(std::uint64_t number, type of) noexcept {
    const auto extended = as_bits(sign_extended(number, of));
    const auto same =
        std::countl_zero(extended ^ as_bits(static_cast<std::int64_t>(extended) >> 63));
    return static_cast<std::uint64_t>(same) - (64 - bits(of)) - 1;
}

[[gnu::noinline]] constexpr std::uint64_t reversed_bits(std::uint64_t number, type of) noexcept {
    std::uint64_t made = 0;
    for (unsigned bit = 0; bit < bits(of); ++bit)
        made |= (number >> bit & 1U) << (bits(of) - 1 - bit);
    return made;
}
[[gnu::noinline]] constexpr std::uint64_t reversed_bytes(std::uint64_t number,
                                                         unsigned bytes) noexcept {
    std::uint64_t made = 0;
    for (unsigned byte = 0; byte < bytes; ++byte)
        made |= (number >> (8 * byte) & 0xffU) << (8 * (bytes - 1 - byte));
    return made;
}

/// A result, and whether it overflowed its type.
struct with_overflow {
    std::uint64_t result = 0;
    bool overflow = false;
};

[[gnu::noinline]] constexpr with_overflow add_unsigned(std::uint64_t left, std::uint64_t right,
                                                       bool carry, type of) noexcept {
    const auto sum = uint128{left} + right + (carry ? 1U : 0U);
    return {static_cast<std::uint64_t>(sum) & mask(of), (sum >> bits(of)) != 0};
}
[[gnu::noinline]] constexpr with_overflow subtract_unsigned(std::uint64_t left, std::uint64_t right,
                                                            bool borrow, type of) noexcept {
    const auto taken = uint128{right} + (borrow ? 1U : 0U);
    return {static_cast<std::uint64_t>(left - taken) & mask(of), left < taken};
}
[[gnu::noinline]] constexpr with_overflow multiply_unsigned(std::uint64_t left, std::uint64_t right,
                                                            type of) noexcept {
    const auto product = uint128{left} * right;
    return {static_cast<std::uint64_t>(product) & mask(of), (product >> bits(of)) != 0};
}
constexpr with_overflow signed_result(int128 exact, type of) noexcept {
    const auto kept = static_cast<std::uint64_t>(exact) & mask(of);
    return {kept, exact != sign_extended(kept, of)};
}
[[gnu::noinline]] constexpr with_overflow add_signed(std::uint64_t left, std::uint64_t right,
                                                     bool carry, type of) noexcept {
    return signed_result(
        int128{sign_extended(left, of)} + sign_extended(right, of) + (carry ? 1 : 0), of);
}
[[gnu::noinline]] constexpr with_overflow subtract_signed(std::uint64_t left, std::uint64_t right,
                                                          bool borrow, type of) noexcept {
    return signed_result(
        int128{sign_extended(left, of)} - sign_extended(right, of) - (borrow ? 1 : 0), of);
}
[[gnu::noinline]] constexpr with_overflow multiply_signed(std::uint64_t left, std::uint64_t right,
                                                          type of) noexcept {
    return signed_result(int128{sign_extended(left, of)} * sign_extended(right, of), of);
}

constexpr std::uint64_t changed_atomically(atomic_operation how, std::uint64_t old,
                                           std::uint64_t by, type of) noexcept {
    switch (how) {
        case atomic_operation::add:
            return old + by;
        case atomic_operation::sub:
            return old - by;
        case atomic_operation::band:
            return old & by;
        case atomic_operation::nand:
            return ~(old & by);
        case atomic_operation::bor:
            return old | by;
        case atomic_operation::bxor:
            return old ^ by;
        case atomic_operation::xchg:
            return by;
        case atomic_operation::umin:
            return old < by ? old : by;
        case atomic_operation::umax:
            return old > by ? old : by;
        case atomic_operation::smin:
            return sign_extended(old, of) < sign_extended(by, of) ? old : by;
        case atomic_operation::smax:
            return sign_extended(old, of) > sign_extended(by, of) ? old : by;
    }
    return old;
}

}  // namespace palimpsest::ir::semantics::detail
