// SPDX-License-Identifier: Apache-2.0
// The types of values: integers of 8 to 64 bits, and two floating point types.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace palimpsest::ir {

/// The type of a value; `none` is for what has no value. Signs belong to operations, not to types.
enum class type : std::uint8_t { none, i8, i16, i32, i64, f32, f64 };

inline constexpr std::array all_types{type::i8,  type::i16, type::i32,
                                      type::i64, type::f32, type::f64};

/// Whether a type is one of i8 to i64.
constexpr bool is_integer(type of) noexcept { return of >= type::i8 && of <= type::i64; }
/// Whether a type is f32 or f64.
constexpr bool is_float(type of) noexcept { return of == type::f32 || of == type::f64; }

namespace detail {
// By type. A table inside a function would be rebuilt at each call.
inline constexpr std::array<std::uint8_t, 7> type_bits{0, 8, 16, 32, 64, 32, 64};
inline constexpr std::array<std::string_view, 7> type_names{"none", "i8",  "i16", "i32",
                                                            "i64",  "f32", "f64"};
}  // namespace detail

/// The size of a type in bits; 0 for `none`.
constexpr unsigned bits(type of) noexcept {
    return detail::type_bits[static_cast<std::size_t>(of)];
}
/// The size of a type in bytes; 0 for `none`.
constexpr unsigned bytes(type of) noexcept { return bits(of) / 8; }

/// All bits of a value of the type set: 0xff for i8.
constexpr std::uint64_t mask(type of) noexcept {
    return bits(of) == 0 ? 0 : ~std::uint64_t{0} >> (64 - bits(of));
}

/// The name of a type in text, such as "i32".
constexpr std::string_view name(type of) noexcept {
    return detail::type_names[static_cast<std::size_t>(of)];
}

/// The type of this name; nothing if there is none. `none` has no name in text.
constexpr std::optional<type> type_named(std::string_view text) noexcept {
    for (const auto one : all_types)
        if (name(one) == text) return one;
    return std::nullopt;
}

}  // namespace palimpsest::ir
