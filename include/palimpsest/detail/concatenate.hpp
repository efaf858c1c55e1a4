// SPDX-License-Identifier: Apache-2.0
// Text of several parts, for messages. A chain of `+` over strings becomes half a kilobyte of
// machine code and takes the compiler milliseconds, at each of the hundreds of places where an
// error is worded; a list of parts becomes one call.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace palimpsest::detail {

/// A part of a message: text, which it does not copy, or a whole number, written in decimal.
class text_part {
  public:
    constexpr text_part(std::string_view text) noexcept : text_(text) {}
    constexpr text_part(const char* text) noexcept : text_(text) {}
    text_part(const std::string& text) noexcept : text_(text) {}
    template <std::integral Number>
        requires(!std::same_as<Number, bool> && !std::same_as<Number, char>)
    text_part(Number number) noexcept
        : number_(static_cast<unsigned long long>(number)), is_(std::is_signed_v<Number> ? 2 : 1) {}

    void append_to(std::string& made) const {
        if (is_ == 0) {
            made.append(text_);
            return;
        }
        char digits[24];
        const auto end = is_ == 1 ? std::to_chars(digits, digits + sizeof digits, number_)
                                  : std::to_chars(digits, digits + sizeof digits,
                                                  static_cast<long long>(number_));
        made.append(digits, end.ptr);
    }

  private:
    std::string_view text_{};
    unsigned long long number_ = 0;
    char is_ = 0;  // text, unsigned or signed
};

/// The parts, one behind the other.
#if defined(__GNUC__)
[[gnu::noinline, gnu::cold]]
#endif
inline std::string
concatenate(std::initializer_list<text_part> parts) {
    std::string made;
    for (const auto& part : parts) part.append_to(made);
    return made;
}

}  // namespace palimpsest::detail
