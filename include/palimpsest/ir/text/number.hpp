// SPDX-License-Identifier: Apache-2.0
// Numbers in text: integers in decimal or hexadecimal, floating point numbers in hexadecimal, so
// that each bit is kept.
#pragma once

#include <bit>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <palimpsest/ir/type.hpp>
#include <string>
#include <string_view>
#include <system_error>

namespace palimpsest::ir::text {

/// The sign of a number in text, and the characters behind it.
struct signed_text {
    bool negative = false;
    std::string_view digits;
};
/// Splits a number in text into its sign, which may be missing, and the rest.
constexpr signed_text split_sign(std::string_view text) noexcept {
    const bool sign = !text.empty() && (text[0] == '-' || text[0] == '+');
    return {sign && text[0] == '-', text.substr(sign ? 1 : 0)};
}

/// Reads an integer without a sign: decimal, or hexadecimal with 0x, and _ is ignored. Nothing
/// when the text is none, or needs more than 64 bits.
constexpr std::optional<std::uint64_t> read_unsigned(std::string_view text) noexcept {
    const bool hex = text.starts_with("0x");
    const std::uint64_t base = hex ? 16 : 10;
    if (hex) text.remove_prefix(2);
    std::uint64_t made = 0;
    bool any = false;
    for (const char one : text) {
        if (one == '_') continue;
        const int digit = one >= '0' && one <= '9'   ? one - '0'
                          : one >= 'a' && one <= 'f' ? one - 'a' + 10
                          : one >= 'A' && one <= 'F' ? one - 'A' + 10
                                                     : 99;
        if (static_cast<std::uint64_t>(digit) >= base) return std::nullopt;
        if (made > (~std::uint64_t{0} - static_cast<std::uint64_t>(digit)) / base)
            return std::nullopt;
        made = made * base + static_cast<std::uint64_t>(digit);
        any = true;
    }
    return any ? std::optional(made) : std::nullopt;
}

/// Reads an integer between the least signed and the largest unsigned number of the type. Gives its
/// bits, or nothing when the text is no such integer.
constexpr std::optional<std::uint64_t> read_integer(std::string_view text, type as) noexcept {
    const auto [negative, digits] = split_sign(text);
    const auto magnitude = read_unsigned(digits);
    if (!magnitude) return std::nullopt;
    const auto most = negative ? (mask(as) >> 1U) + 1 : mask(as);
    if (*magnitude > most) return std::nullopt;
    return (negative ? ~*magnitude + 1 : *magnitude) & mask(as);
}

namespace detail {

template <class Float>
struct float_format;
template <>
struct float_format<float> {
    using bits = std::uint32_t;
    static constexpr unsigned fraction = 23;
};
template <>
struct float_format<double> {
    using bits = std::uint64_t;
    static constexpr unsigned fraction = 52;
};

/// NaN is the quiet one without payload; NaN:0x12 has one; sNaN:0x12 is a signalling one.
template <class Float>
std::optional<std::uint64_t> read_nan(std::string_view text) noexcept {
    using format = float_format<Float>;
    constexpr std::uint64_t quiet = std::uint64_t{1} << (format::fraction - 1);
    constexpr std::uint64_t exponent = ((std::uint64_t{1} << (sizeof(Float) * 8 - 1)) - 1) &
                                       ~((std::uint64_t{1} << format::fraction) - 1);
    const bool signalling = text.starts_with('s');
    text.remove_prefix(signalling ? 4 : 3);
    if (text.empty()) return signalling ? std::nullopt : std::optional(exponent | quiet);
    if (text.front() != ':') return std::nullopt;
    const auto payload = read_unsigned(text.substr(1));
    if (!payload || *payload >= quiet || (signalling && *payload == 0)) return std::nullopt;
    return exponent | *payload | (signalling ? 0 : quiet);
}

template <class Float>
std::optional<std::uint64_t> read_float(std::string_view text) noexcept {
    using bits = typename float_format<Float>::bits;
    const auto [negative, digits] = split_sign(text);
    const std::uint64_t sign = negative ? std::uint64_t{1} << (sizeof(Float) * 8 - 1) : 0;
    if (digits.starts_with("NaN") || digits.starts_with("sNaN")) {
        const auto made = read_nan<Float>(digits);
        return made ? std::optional(sign | *made) : std::nullopt;
    }
    if (digits == "Inf") return sign | std::bit_cast<bits>(std::numeric_limits<Float>::infinity());
    const bool hex = digits.starts_with("0x");
    const auto number = digits.substr(hex ? 2 : 0);
    // Not "inf" and "nan", which the standard library would take.
    if (number.empty() ||
        !read_unsigned(hex ? "0x" + std::string(1, number[0]) : std::string(1, number[0])))
        return std::nullopt;
    Float made{};
    const auto [end, failed] =
        std::from_chars(number.data(), number.data() + number.size(), made,
                        hex ? std::chars_format::hex : std::chars_format::general);
    if (failed != std::errc() || end != number.data() + number.size()) return std::nullopt;
    if (made - made != 0) return std::nullopt;
    return sign | std::bit_cast<bits>(made);
}

template <class Float>
std::string write_float(std::uint64_t raw) {
    using bits = typename float_format<Float>::bits;
    constexpr auto fraction = float_format<Float>::fraction;
    constexpr std::uint64_t quiet = std::uint64_t{1} << (fraction - 1);
    constexpr std::uint64_t payload_mask = quiet - 1;
    const bool negative = (raw >> (sizeof(Float) * 8 - 1)) != 0;
    const auto number = std::bit_cast<Float>(static_cast<bits>(raw));
    char buffer[64];
    const auto write_hex = [&](std::uint64_t what) {
        return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, what, 16).ptr);
    };
    if (number != number) {
        const auto payload = raw & payload_mask;
        std::string made = negative ? "-" : "+";
        made += (raw & quiet) != 0 ? "NaN" : "sNaN";
        if (payload != 0) made += ":0x" + write_hex(payload);
        return made;
    }
    const auto magnitude = negative ? -number : number;
    if (magnitude > std::numeric_limits<Float>::max()) return negative ? "-Inf" : "+Inf";
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, magnitude, std::chars_format::hex).ptr;
    std::string made(buffer, end);
    if (made.find('.') == std::string::npos) made.insert(made.find('p'), ".0");
    return (negative ? "-0x" : "0x") + made;
}

}  // namespace detail

/// Reads a floating point number, such as 0x1.8p3, +NaN or -Inf. Gives its bits, or nothing when
/// the text is none. `as` is f32 or f64.
template <class = void>
inline std::optional<std::uint64_t> read_float(std::string_view text, type as) noexcept {
    return as == type::f32 ? detail::read_float<float>(text) : detail::read_float<double>(text);
}
/// Writes a floating point number in hexadecimal, so that read_float() gives the same bits. `as` is
/// f32 or f64.
template <class = void>
inline std::string write_float(std::uint64_t bits, type as) {
    return as == type::f32 ? detail::write_float<float>(bits) : detail::write_float<double>(bits);
}

/// Writes an integer: in decimal, as a signed number, up to four digits, and others in hexadecimal.
template <class = void>
inline std::string write_integer(std::uint64_t bits, type as) {
    const auto shift = 64 - ir::bits(as);
    const auto number = static_cast<std::int64_t>(bits << shift) >> shift;
    if (number > -10'000 && number < 10'000) return std::to_string(number);
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, bits, 16).ptr;
    return "0x" + std::string(buffer, end);
}

}  // namespace palimpsest::ir::text
