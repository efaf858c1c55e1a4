// SPDX-License-Identifier: Apache-2.0
// Tokens one by one, and the errors about them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <palimpsest/detail/concatenate.hpp>
#include <palimpsest/ir/text/error.hpp>
#include <palimpsest/ir/text/lexer.hpp>
#include <palimpsest/ir/text/number.hpp>
#include <palimpsest/light_vector.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace palimpsest::ir::text {

/// The tokens of a text, one by one, with one token of lookahead. Members that take a token move
/// past it, or throw text::error, which says `what` was expected, if it is another. The text must
/// outlive it. Comments are collected separately.
template <class = void>
class basic_token_stream {
  public:
    explicit basic_token_stream(std::string_view text) : lexer_(text) { advance(); }

    const token& peek() const noexcept { return now_; }
    location where() const noexcept { return now_.where; }

    /// Returns the token, and moves on to the next.
    [[gnu::noinline]] token take() {
        const auto taken = now_;
        advance();
        return taken;
    }
    /// Moves on if the token is this word or punctuation; false if it is another.
    [[gnu::noinline]] bool take_if(std::string_view text) {
        if (!(now_ == text)) return false;
        advance();
        return true;
    }
    [[gnu::noinline]] void expect(std::string_view text) {
        if (!take_if(text)) fail({"'", text, "'"});
    }

    std::string_view take_word(const char* what) { return take(token::kind::word, what); }
    std::string_view take_name(const char* what) { return take(token::kind::name, what); }
    std::string_view take_string(const char* what) { return take(token::kind::string, what); }
    bool at_number() const noexcept { return now_.is == token::kind::number; }
    std::string_view take_number(const char* what) { return take(token::kind::number, what); }
    /// Takes an unsigned integer, at most `most`.
    std::uint64_t take_unsigned(const char* what, std::uint64_t most) {
        if (!at_number()) fail({what});
        const auto number = read_unsigned(now_.text);
        if (!number || *number > most) fail({what, ", at most ", most});
        advance();
        return *number;
    }

    /// The number after `prefix` in a word such as v12, if the token is one; the largest 64-bit
    /// number if it does not fit.
    [[gnu::noinline]] std::optional<std::uint64_t> numbered(
        std::string_view prefix) const noexcept {
        if (now_.is != token::kind::word || !now_.text.starts_with(prefix)) return std::nullopt;
        const auto digits = now_.text.substr(prefix.size());
        if (digits.empty()) return std::nullopt;
        for (const char digit : digits)
            if (!detail::is_digit(digit)) return std::nullopt;
        return read_unsigned(digits).value_or(std::numeric_limits<std::uint64_t>::max());
    }

    /// The number of bytes from the token to the closing brace of the body it is in.
    std::size_t bytes_to_brace() const noexcept {
        return now_ == "}" ? 0 : now_.text.size() + lexer_.bytes_before('}');
    }

    using parts = std::initializer_list<palimpsest::detail::text_part>;

    /// Throws an error about the token, which says what was expected instead.
    [[noreturn, gnu::noinline, gnu::cold]] void fail(parts expected) const {
        const auto what = palimpsest::detail::concatenate(expected);
        if (now_.is == token::kind::end)
            fail_at(now_.where, {"expected ", what, ", found the end"});
        fail_at(now_.where, {"expected ", what, ", found '", now_.text.substr(0, 40), "'"});
    }
    [[noreturn, gnu::noinline, gnu::cold]] static void fail_at(location where, parts what) {
        throw error(where, palimpsest::detail::concatenate(what));
    }
    /// Throws text::unsupported.
    [[noreturn, gnu::noinline, gnu::cold]] static void refuse_at(location where, parts what) {
        throw unsupported(where, palimpsest::detail::concatenate(what));
    }
    /// Throws text::unsupported about the token: what the feature is called, in the plural.
    [[noreturn, gnu::noinline, gnu::cold]] void refuse(const char* feature) const {
        refuse_at(now_.where, {feature, " are not supported"});
    }

    /// The comments since the last call, without their semicolons.
    light_vector<token> take_comments() { return std::exchange(comments_, {}); }

  private:
    [[gnu::noinline]] std::string_view take(token::kind is, const char* what) {
        if (now_.is != is) fail({what});
        return take().text;
    }
    [[gnu::noinline]] void advance() {
        for (now_ = lexer_.next(); now_.is == token::kind::comment; now_ = lexer_.next()) {
            now_.text.remove_prefix(1);
            comments_.push_back(now_);
        }
    }

    lexer lexer_;
    token now_;
    light_vector<token> comments_;
};
using token_stream = basic_token_stream<>;

}  // namespace palimpsest::ir::text
