// SPDX-License-Identifier: Apache-2.0
// Arithmetic on floating point numbers, which are kept as their bits. As WebAssembly requires, ties
// round to even, and if an operand is a NaN the result is a quiet NaN.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <palimpsest/ir/condition.hpp>
#include <palimpsest/ir/trap_code.hpp>
#include <palimpsest/ir/type.hpp>

namespace palimpsest::ir::semantics::detail {

constexpr float as_f32(std::uint64_t bits) noexcept {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
}
constexpr double as_f64(std::uint64_t bits) noexcept { return std::bit_cast<double>(bits); }
constexpr std::uint64_t bits_of(float number) noexcept {
    return std::bit_cast<std::uint32_t>(number);
}
constexpr std::uint64_t bits_of(double number) noexcept {
    return std::bit_cast<std::uint64_t>(number);
}

constexpr std::uint64_t sign_bit(type of) noexcept { return std::uint64_t{1} << (bits(of) - 1); }

/// The number as a double, which is exact for both types.
constexpr double widened(std::uint64_t bits, type of) noexcept {
    return of == type::f32 ? static_cast<double>(as_f32(bits)) : as_f64(bits);
}

/// The bits of a number in the type, rounded to it.
constexpr std::uint64_t narrowed(double number, type to) noexcept {
    return to == type::f32 ? bits_of(static_cast<float>(number)) : bits_of(number);
}

// All operations but one are computed in double for both types, so that there is one function for
// each. The bits are the same: sums, products, quotients and square roots of floats that are
// rounded to 53 bits and then to 24 are rounded as if at once, since 53 is at least twice 24 and
// two (Figueroa, "When is double rounding innocuous?", 1995); the others are exact; and a NaN keeps
// the part of its payload that a float has.
//
// They use compiler builtins, since including <cmath> would cost more than everything else here.

/// The product and sum, rounded once: via double a float would be rounded twice.
[[gnu::noinline]] inline std::uint64_t multiplied_and_added(std::uint64_t a, std::uint64_t b,
                                                            std::uint64_t c, type of) noexcept {
    return of == type::f32 ? bits_of(__builtin_fmaf(as_f32(a), as_f32(b), as_f32(c)))
                           : bits_of(__builtin_fma(as_f64(a), as_f64(b), as_f64(c)));
}
inline bool is_negative(double number) noexcept { return __builtin_signbit(number) != 0; }

[[gnu::noinline]] inline double least(double left, double right) noexcept {
    if (left != left || right != right) return left + right;
    if (left == right) return is_negative(left) ? left : right;
    return left < right ? left : right;
}
[[gnu::noinline]] inline double greatest(double left, double right) noexcept {
    if (left != left || right != right) return left + right;
    if (left == right) return is_negative(left) ? right : left;
    return left > right ? left : right;
}

/// Rounds to the nearest integer, ties to even. Unlike std::nearbyint it ignores the rounding mode
/// of the thread.
[[gnu::noinline]] inline double nearest(double number) noexcept {
    if (number != number) return number + number;
    const auto below = __builtin_floor(number);
    const auto distance = number - below;
    double made = below;
    if (distance > 0.5 || (distance == 0.5 && __builtin_floor(below / 2) != below / 2))
        made = below + 1;
    return is_negative(number) != is_negative(made) ? -made : made;
}

[[gnu::noinline]] constexpr bool compares(float_condition is, double left, double right) noexcept {
    const bool unordered = left != left || right != right;
    switch (is) {
        case float_condition::ord:
            return !unordered;
        case float_condition::uno:
            return unordered;
        case float_condition::eq:
            return left == right;
        case float_condition::ne:
            return left != right;
        case float_condition::one:
            return left < right || left > right;
        case float_condition::ueq:
            return unordered || left == right;
        case float_condition::lt:
            return left < right;
        case float_condition::le:
            return left <= right;
        case float_condition::gt:
            return left > right;
        case float_condition::ge:
            return left >= right;
        case float_condition::ult:
            return unordered || left < right;
        case float_condition::ule:
            return unordered || left <= right;
        case float_condition::ugt:
            return unordered || left > right;
        case float_condition::uge:
            return unordered || left >= right;
    }
    return false;
}

template <class = void>
inline std::uint64_t promoted(std::uint64_t f32) noexcept {
    return bits_of(static_cast<double>(as_f32(f32)));
}
template <class = void>
inline std::uint64_t demoted(std::uint64_t f64) noexcept {
    return bits_of(static_cast<float>(as_f64(f64)));
}
template <class Integer>
std::uint64_t from_integer(Integer number, type to) noexcept {
    return to == type::f32 ? bits_of(static_cast<float>(number))
                           : bits_of(static_cast<double>(number));
}

/// The bounds that a number must lie strictly between, so that without its fraction it fits the
/// type.
struct integer_bounds {
    double above;
    double below;
};
template <class = void>
inline integer_bounds bounds_of(type to, bool is_signed) noexcept {
    const auto size = bits(to);
    const auto most = static_cast<double>(std::uint64_t{1} << (size - 1U));
    if (!is_signed) return {-1.0, 2 * most};
    // -2^63 - 1 is not a double, so there the bound itself belongs to the type.
    return {size == 64 ? -0x1.0000000000001p63 : -most - 1.0, most};
}

template <class = void>
inline std::uint64_t converted(double number, type to, bool is_signed) noexcept {
    return is_signed ? static_cast<std::uint64_t>(static_cast<std::int64_t>(number)) & mask(to)
                     : static_cast<std::uint64_t>(__builtin_trunc(number) + 0.0);
}

/// The integer, or the trap if there is none.
struct conversion {
    std::uint64_t result = 0;
    std::optional<trap_code> trap;
};
template <class = void>
[[gnu::noinline]] inline conversion to_integer(double number, type to, bool is_signed) noexcept {
    if (number != number) return {0, trap_code::bad_conversion_to_integer};
    const auto [above, below] = bounds_of(to, is_signed);
    if (number <= above || number >= below) return {0, trap_code::integer_overflow};
    return {converted(number, to, is_signed), std::nullopt};
}
template <class = void>
[[gnu::noinline]] inline std::uint64_t to_integer_saturating(double number, type to,
                                                             bool is_signed) noexcept {
    if (number != number) return 0;
    const auto [above, below] = bounds_of(to, is_signed);
    if (number <= above) return is_signed ? sign_bit(to) : 0;
    if (number >= below) return is_signed ? sign_bit(to) - 1 : mask(to);
    return converted(number, to, is_signed);
}

}  // namespace palimpsest::ir::semantics::detail
