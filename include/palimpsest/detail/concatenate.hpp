// SPDX-License-Identifier: Apache-2.0
// Joins the parts of a message. A chain of `+` over strings becomes half a kilobyte of machine code
// and takes the compiler milliseconds, at each of the hundreds of places where an error is worded;
// a list of parts becomes one call.
#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace palimpsest::detail {

/// Appends a whole number in decimal.
[[gnu::noinline]] inline void append_number(std::string& made, unsigned long long number) {
    char digits[20];
    std::size_t begin = sizeof digits;
    do digits[--begin] = static_cast<char>('0' + number % 10);
    while ((number /= 10) != 0);
    made.append(digits + begin, sizeof digits - begin);
}
/// The same for a number that may be negative.
inline void append_signed_number(std::string& made, long long number) {
    if (number < 0) made.push_back('-');
    const auto bits = static_cast<unsigned long long>(number);
    append_number(made, number < 0 ? 0 - bits : bits);
}

/// A part of a message: text, which it does not copy, a whole number, written in decimal, or a text
/// followed by a number.
class text_part {
  public:
    constexpr text_part(std::string_view text) noexcept
        : text_(text.data()), length_(text.size()) {}
    constexpr text_part(const char* text) noexcept : text_part(std::string_view(text)) {}
    text_part(const std::string& text) noexcept : text_part(std::string_view(text)) {}
    template <std::integral Number>
        requires(!std::same_as<Number, bool> && !std::same_as<Number, char>)
    constexpr text_part(Number number) noexcept
        : number_(static_cast<unsigned long long>(number)),
          is_(std::is_signed_v<Number> ? kind::negative : kind::number) {}
    constexpr text_part(const char* text, std::size_t number) noexcept : text_part(text) {
        number_ = number;
        is_ = kind::number;
    }

    void append_to(std::string& made) const {
        made.append(text_, length_);
        if (is_ == kind::number) append_number(made, number_);
        if (is_ == kind::negative) append_signed_number(made, static_cast<long long>(number_));
    }

  private:
    enum class kind : unsigned char { text, number, negative };

    const char* text_ = "";
    std::size_t length_ = 0;
    unsigned long long number_;  // unused by `text`, the most frequent kind, to keep code small
    kind is_ = kind::text;       // `negative` is a number that may be
};

/// The parts, joined.
[[gnu::noinline, gnu::cold]] inline std::string concatenate(
    std::initializer_list<text_part> parts) {
    std::string made;
    for (const auto& part : parts) part.append_to(made);
    return made;
}

}  // namespace palimpsest::detail
