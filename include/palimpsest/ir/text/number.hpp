// SPDX-License-Identifier: Apache-2.0
// Numbers in text: integers in decimal or hexadecimal, floating point numbers in hexadecimal, so
// that every bit is preserved.
#pragma once

#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <optional>
#include <palimpsest/detail/concatenate.hpp>
#include <palimpsest/ir/type.hpp>
#include <string>
#include <string_view>
#include <system_error>

namespace palimpsest::ir::text {

/// The sign of a number in text, and the characters after it.
struct signed_text {
    bool negative = false;
    std::string_view digits;
};
/// Splits a number in text into its sign, which may be missing, and the rest.
constexpr signed_text split_sign(std::string_view text) noexcept {
    const bool sign = !text.empty() && (text[0] == '-' || text[0] == '+');
    return {sign && text[0] == '-', text.substr(sign ? 1 : 0)};
}

/// Reads an unsigned integer: decimal, or hexadecimal with 0x; _ is ignored. Nothing if the text is
/// not one, or needs more than 64 bits.
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

/// Reads an integer between the least signed and the largest unsigned number of the type. Returns
/// its bits, or nothing if the text is not such an integer.
constexpr std::optional<std::uint64_t> read_integer(std::string_view text, type as) noexcept {
    const auto [negative, digits] = split_sign(text);
    const auto magnitude = read_unsigned(digits);
    if (!magnitude) return std::nullopt;
    const auto most = negative ? (mask(as) >> 1U) + 1 : mask(as);
    if (*magnitude > most) return std::nullopt;
    return (negative ? ~*magnitude + 1 : *magnitude) & mask(as);
}

namespace detail {

/// How the bits of a floating point number are divided: sign, exponent and fraction.
struct float_shape {
    unsigned bits;
    unsigned fraction_bits;

    constexpr std::uint64_t quiet() const noexcept {
        return std::uint64_t{1} << (fraction_bits - 1);
    }
    constexpr std::uint64_t most_fraction() const noexcept { return 2 * quiet() - 1; }
    constexpr std::uint64_t most_exponent() const noexcept {
        return (std::uint64_t{1} << (bits - 1 - fraction_bits)) - 1;
    }
    /// The bits of infinity, which are also the exponent bits of every NaN.
    constexpr std::uint64_t infinity() const noexcept { return most_exponent() << fraction_bits; }
};
constexpr float_shape shape_of(type as) noexcept {
    return as == type::f32 ? float_shape{32, 23} : float_shape{64, 52};
}

/// NaN is quiet without payload; NaN:0x12 has a payload; sNaN:0x12 is signalling.
template <class = void>
inline std::optional<std::uint64_t> read_nan(std::string_view text, float_shape as) noexcept {
    const bool signalling = text.starts_with('s');
    text.remove_prefix(signalling ? 4 : 3);
    const auto quiet = signalling ? 0 : as.quiet();
    std::uint64_t payload = 0;
    if (!text.empty()) {
        if (text.front() != ':') return std::nullopt;
        const auto number = read_unsigned(text.substr(1));
        if (!number || *number >= as.quiet()) return std::nullopt;
        payload = *number;
    }
    if (signalling && payload == 0) return std::nullopt;
    return as.infinity() | payload | quiet;
}

/// Reads a finite number without a sign, as the standard library does.
template <class Float>
std::optional<std::uint64_t> read_finite(std::string_view text, bool hex) noexcept {
    Float made{};
    const auto [end, failed] =
        std::from_chars(text.data(), text.data() + text.size(), made,
                        hex ? std::chars_format::hex : std::chars_format::general);
    if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (!__builtin_isfinite(made)) return std::nullopt;
    if constexpr (sizeof(Float) == 4)
        return std::bit_cast<std::uint32_t>(made);
    else
        return std::bit_cast<std::uint64_t>(made);
}

/// A number in hexadecimal, with a minimum number of digits.
class hex_text {
  public:
    explicit hex_text(std::uint64_t number, unsigned digits = 1) noexcept {
        for (; begin_ > 16 - digits || number != 0; number >>= 4U)
            digits_[--begin_] = "0123456789abcdef"[number & 15U];
    }
    std::string_view text() const noexcept {
        return {digits_.data() + begin_, digits_.size() - begin_};
    }

  private:
    std::array<char, 16> digits_;
    std::size_t begin_ = 16;
};

}  // namespace detail

/// Reads a floating point number, such as 0x1.8p3, +NaN or -Inf. Returns its bits, or nothing if
/// the text is not one. `as` is f32 or f64.
template <class = void>
[[gnu::noinline]] std::optional<std::uint64_t> read_float(std::string_view text, type as) noexcept {
    const auto shape = detail::shape_of(as);
    const auto [negative, digits] = split_sign(text);
    std::optional<std::uint64_t> made;
    if (digits.starts_with("NaN") || digits.starts_with("sNaN")) {
        made = detail::read_nan(digits, shape);
    } else if (digits == "Inf") {
        made = shape.infinity();
    } else {
        const bool hex = digits.starts_with("0x");
        const auto number = digits.substr(hex ? 2 : 0);
        // Rejects "inf" and "nan", which the standard library would accept.
        if (!read_unsigned(digits.substr(0, hex ? 3 : 1))) return std::nullopt;
        made = as == type::f32 ? detail::read_finite<float>(number, hex)
                               : detail::read_finite<double>(number, hex);
    }
    if (made && negative) *made |= std::uint64_t{1} << (shape.bits - 1);
    return made;
}
/// Writes a floating point number in hexadecimal, so that read_float() returns the same bits. `as`
/// is f32 or f64.
template <class = void>
[[gnu::noinline]] std::string write_float(std::uint64_t bits, type as) {
    const auto shape = detail::shape_of(as);
    const bool negative = (bits >> (shape.bits - 1)) != 0;
    const auto fraction = bits & shape.most_fraction();
    const auto exponent = bits >> shape.fraction_bits & shape.most_exponent();
    if (exponent == shape.most_exponent()) {
        if (fraction == 0) return negative ? "-Inf" : "+Inf";
        const detail::hex_text payload(fraction & (shape.quiet() - 1));
        const bool has_payload = (fraction & (shape.quiet() - 1)) != 0;
        return palimpsest::detail::concatenate(
            {negative ? "-" : "+", (fraction & shape.quiet()) != 0 ? "NaN" : "sNaN",
             has_payload ? ":0x" : "", has_payload ? payload.text() : ""});
    }
    auto digits = (shape.fraction_bits + 3) / 4;
    auto shown = fraction << (4 * digits - shape.fraction_bits);
    for (; digits > 1 && (shown & 15U) == 0; --digits) shown >>= 4U;
    // Subnormal numbers have the least exponent, and 0 before the point.
    const auto bias = static_cast<std::int64_t>(shape.most_exponent() / 2);
    auto power = static_cast<std::int64_t>(exponent) - bias;
    if (exponent == 0) power = fraction == 0 ? 0 : 1 - bias;
    return palimpsest::detail::concatenate({negative ? "-0x" : "0x", exponent == 0 ? "0." : "1.",
                                            detail::hex_text(shown, digits).text(),
                                            power < 0 ? "p" : "p+", power});
}

/// Writes an integer: as a signed decimal of up to four digits, or otherwise in hexadecimal.
template <class = void>
[[gnu::noinline]] std::string write_integer(std::uint64_t bits, type as) {
    const auto shift = 64 - ir::bits(as);
    const auto number = static_cast<std::int64_t>(bits << shift) >> shift;
    if (number > -10'000 && number < 10'000) return palimpsest::detail::concatenate({number});
    return palimpsest::detail::concatenate({"0x", detail::hex_text(bits).text()});
}

}  // namespace palimpsest::ir::text
