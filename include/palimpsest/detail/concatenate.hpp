// SPDX-License-Identifier: Apache-2.0
// Text of several parts, for messages. A chain of `+` over strings becomes half a kilobyte of
// machine code and takes the compiler milliseconds, at each of the hundreds of places where an
// error is worded; a list of parts becomes one call.
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
    if (number < 0) made.push_back('-');
    const auto bits = static_cast<unsigned long long>(number);
    append_number(made, number < 0 ? 0 - bits : bits);
}

/// A part of a message: text, which it does not copy, or a whole number, written in decimal, or a
/// text with a number behind it.
class text_part {
  public:
    constexpr explicit(false) text_part(std::string_view text) noexcept
        : text_(text.data()), length_(text.size()) {}
    constexpr explicit(false) text_part(const char* text) noexcept
        : text_part(std::string_view(text)) {}
    explicit(false) text_part(const std::string& text) noexcept
        : text_part(std::string_view(text)) {}
    template <std::integral Number>
        requires(!std::same_as<Number, bool> && !std::same_as<Number, char>)
    constexpr explicit(false) text_part(Number number) noexcept
        : number_(static_cast<unsigned long long>(number)),
          is_(std::is_signed_v<Number> ? kind::negative : kind::number) {}
    constexpr text_part(const char* text, std::size_t number) noexcept
        : text_(text), length_(std::string_view(text).size()), number_(number), is_(kind::number) {}

    void append_to(std::string& made) const {
        made.append(text_, length_);
        if (is_ == kind::number) append_number(made, number_);
        if (is_ == kind::negative) append_signed_number(made, static_cast<long long>(number_));
    }

  private:
    enum class kind : unsigned char { text, number, negative };

    const char* text_ = "";
    std::size_t length_ = 0;
    unsigned long long
        number_;            // of all but `text`, which leaves it out, since code has many texts
    kind is_ = kind::text;  // `negative` is a number that may be
};

/// The parts, one behind the other.
[[gnu::noinline, gnu::cold]] inline std::string concatenate(
    std::initializer_list<text_part> parts) {
    std::string made;
    for (const auto& part : parts) part.append_to(made);
    return made;
}

}  // namespace palimpsest::detail
