// A decision as somebody reads it afterwards, in text or as a line of JSON.
#pragma once

#include <cstddef>
#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>
#include <string>
#include <string_view>

namespace palimpsest::inlining {

/// Owns what it says, so that it outlives the program.
struct remark {
    std::string caller;
    std::string callee;
    std::size_t caller_size = 0;  // in instructions, before
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

/// %main (20 instructions) calls %get (5): inline, since instructions of the callee: 5, limit 50
template <class = void>
inline std::string text_of(const remark& of) {
    return "%" + of.caller + " (" + std::to_string(of.caller_size) + " instructions) calls %" +
           of.callee + " (" + std::to_string(of.callee_size) + "): " + std::string(name(of.is)) +
           ", since " + of.why;
}

namespace detail {
/// A string of JSON (RFC 8259): bytes above 127 stay as they are.
template <class = void>
inline void append_json(std::string& to, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    to += '"';
    for (const char one : text) {
        const auto code = static_cast<unsigned char>(one);
        if (one == '"' || one == '\\') {
            to += '\\';
            to += one;
        } else if (code < 0x20) {
            to += "\\u00";
            to += digits[code >> 4U];
            to += digits[code & 15U];
        } else {
            to += one;
        }
    }
    to += '"';
}
}  // namespace detail

/// An object of JSON on one line, without the line's end.
template <class = void>
inline std::string json_of(const remark& of) {
    std::string made = "{\"caller\":";
    detail::append_json(made, of.caller);
    made += ",\"callee\":";
    detail::append_json(made, of.callee);
    made += ",\"caller_size\":" + std::to_string(of.caller_size);
    made += ",\"callee_size\":" + std::to_string(of.callee_size);
    made += ",\"loop_depth\":" + std::to_string(of.loop_depth);
    made += ",\"constant_arguments\":" + std::to_string(of.constant_arguments);
    made += ",\"answer\":";
    detail::append_json(made, name(of.is));
    made += ",\"reason\":";
    detail::append_json(made, of.why);
    return made + "}";
}

}  // namespace palimpsest::inlining
