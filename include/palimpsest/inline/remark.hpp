// SPDX-License-Identifier: Apache-2.0
// A decision to be read later, as text or as a line of JSON.
#pragma once

#include <cstddef>
#include <palimpsest/detail/compile_once.hpp>
#include <palimpsest/detail/concatenate.hpp>
#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>
#include <string>
#include <string_view>

namespace palimpsest::inlining {

/// A decision on one call, kept to be read later: the call site and the verdict. It owns its texts,
/// so it can outlive the program.
struct remark {
    std::string caller;
    std::string callee;
    std::size_t caller_size = 0;  // in instructions, before inlining
    std::size_t callee_size = 0;
    unsigned loop_depth = 0;
    std::size_t constant_arguments = 0;
    answer is = answer::keep;
    std::string why;

    remark() = default;
    remark(const call_site& of, const verdict& given)
        : caller(of.caller),
          callee(of.callee),
          caller_size(of.caller_size),
          callee_size(of.callee_size),
          loop_depth(of.loop_depth),
          constant_arguments(of.constant_arguments),
          is(given.is),
          why(text_of(given.why)) {}
};

/// The remark as one line of text, without the line end: %main (20 instructions) calls %get (5):
/// inline, since instructions of the callee: 5, limit 50
template <class = void>
std::string text_of(const remark& of) {
    return palimpsest::detail::concatenate(
        {"%", of.caller, " (", of.caller_size, " instructions) calls %", of.callee, " (",
         of.callee_size, "): ", name(of.is), ", since ", of.why});
}

namespace detail {
/// The length of a character of UTF-8 (RFC 3629) that begins with this byte; 0 when none does.
constexpr std::size_t length_by_first(unsigned byte) noexcept {
    if (byte < 0x80) return 1;
    if (byte < 0xc2) return 0;
    if (byte < 0xe0) return 2;
    if (byte < 0xf0) return 3;
    return byte < 0xf5 ? 4 : 0;
}

/// The length of the character of UTF-8 that a text begins with; 0 when it is none.
constexpr std::size_t length_of_character(std::string_view text) {
    const auto byte = [&](std::size_t at) {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    const auto first = byte(0);
    const auto length = length_by_first(first);
    for (std::size_t at = 1; at < length; ++at)
        if ((byte(at) & 0xc0U) != 0x80) return 0;
    const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
    const bool beyond = (first == 0xed && byte(1) >= 0xa0) || (first == 0xf4 && byte(1) >= 0x90);
    return overlong || beyond ? 0 : length;
}

/// A JSON string (RFC 8259); bytes that are not UTF-8 become the replacement character.
template <class = void>
inline void append_json(std::string& to, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    to += '"';
    while (!text.empty()) {
        const auto length = length_of_character(text);
        const auto code = static_cast<unsigned char>(text[0]);
        if (length == 0) {
            to += "\\ufffd";
        } else if (code == '"' || code == '\\') {
            to += '\\';
            to += text[0];
        } else if (code < 0x20) {
            to += "\\u00";
            to += digits[code >> 4U];
            to += digits[code & 15U];
        } else {
            to += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    to += '"';
}
}  // namespace detail

/// The remark as a JSON object on one line, without the line end. Bytes of names that are not UTF-8
/// become the replacement character.
template <class = void>
std::string json_of(const remark& of) {
    std::string made;
    const auto add_text = [&](const char* key, std::string_view text) {
        made += key;
        detail::append_json(made, text);
    };
    const auto add_number = [&](const char* key, std::size_t number) {
        made += key;
        palimpsest::detail::append_number(made, number);
    };
    add_text("{\"caller\":", of.caller);
    add_text(",\"callee\":", of.callee);
    add_number(",\"caller_size\":", of.caller_size);
    add_number(",\"callee_size\":", of.callee_size);
    add_number(",\"loop_depth\":", of.loop_depth);
    add_number(",\"constant_arguments\":", of.constant_arguments);
    add_text(",\"answer\":", name(of.is));
    add_text(",\"reason\":", of.why);
    made += '}';
    return made;
}

PALIMPSEST_COMPILE_ONCE(std::string text_of<void>(const remark&));
PALIMPSEST_COMPILE_ONCE(std::string json_of<void>(const remark&));

}  // namespace palimpsest::inlining
