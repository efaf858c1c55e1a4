// SPDX-License-Identifier: Apache-2.0
// Joins the parts of a message. A chain of `+` over strings becomes half a kilobyte of machine code
// and takes the compiler milliseconds, at each of the hundreds of places where an error is worded;
// a list of parts becomes one call.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace palimpsest::detail {

/// Appends a whole number in decimal.
[[gnu::noinline]] inline void append_number(std::string& made, unsigned long long number) {
    std::array<char, 20> digits;
    std::size_t begin = digits.size();
    do digits[--begin] = static_cast<char>('0' + number % 10);
    while ((number /= 10) != 0);
    made.append(digits.data() + begin, digits.size() - begin);
}
/// The same for a number that may be negative.
inline void append_signed_number(std::string& made, long long number) {
    if (number < 0) made.append("-", 1);
    const auto bits = static_cast<unsigned long long>(number);
    append_number(made, number < 0 ? 0 - bits : bits);
}

/// A part of a message: text, which it does not copy, or a whole number, written in decimal, or a
/// word with a number behind it. It is two words long, since code that reports errors is full of
/// parts.
class text_part {
  public:
    constexpr explicit(false) text_part(std::string_view text) noexcept
        : text_(text.data()), value_(text.size()) {}
    constexpr explicit(false) text_part(const char* text) noexcept
        : text_part(std::string_view(text)) {}
    explicit(false) text_part(const std::string& text) noexcept
        : text_part(std::string_view(text)) {}
    template <std::integral Number>
        requires(!std::same_as<Number, bool> && !std::same_as<Number, char>)
    constexpr explicit(false) text_part(Number number) noexcept
        : text_(std::is_signed_v<Number> ? &marks[1] : marks.data()),
          value_(static_cast<unsigned long long>(number)) {}
    /// `number` has 63 bits at most.
    constexpr text_part(const char* word, std::size_t number) noexcept
        : text_(word), value_(number | has_number) {}

    void append_to(std::string& made) const {
        if (text_ == marks.data()) return append_number(made, value_);
        if (text_ == &marks[1]) return append_signed_number(made, static_cast<long long>(value_));
        if ((value_ & has_number) == 0) {
            made.append(text_, value_);
        } else {
            made.append(text_, std::string_view(text_).size());
            append_number(made, value_ & ~has_number);
        }
    }

  private:
    static constexpr auto has_number = 1ULL << 63U;
    static constexpr std::array<char, 2>
        marks{};  // stand for text where there is a number, or a signed one

    const char* text_;
    unsigned long long value_;  // the number, or the length of the text
};

/// The parts, joined.
[[gnu::noinline, gnu::cold]] inline std::string concatenate(
    std::initializer_list<text_part> parts) {
    std::string made;
    for (const auto& part : parts) part.append_to(made);
    return made;
}

}  // namespace palimpsest::detail
