// SPDX-License-Identifier: Apache-2.0
// Tokens one by one, and the errors about them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/text/error.hpp>
#include <palimpsest/ir/text/lexer.hpp>
#include <palimpsest/ir/text/number.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace palimpsest::ir::text {

/// The tokens of a text, one by one, with a look at the next. Members that take a token go on
/// behind it, and throw text::error, which says `what` was expected, when it is another. The text
/// must outlive it. Comments are put aside.
template <class Tag = void>
class basic_token_stream {
  public:
    explicit basic_token_stream(std::string_view text) : lexer_(text) { advance(); }

    const token& peek() const noexcept { return now_; }
    location where() const noexcept { return now_.where; }

    /// Gives the token, and goes on to the next.
    token take() {
        const auto taken = now_;
        advance();
        return taken;
    }
    /// Goes on when the token is this word or punctuation; false when it is another.
    bool take_if(std::string_view text) {
        if (!(now_ == text)) return false;
        advance();
        return true;
    }
    void expect(std::string_view text, std::string_view what = {}) {
        if (!take_if(text)) fail(what.empty() ? quoted(text) : std::string(what));
    }

    std::string_view take_word(std::string_view what) {
        if (now_.is != token::kind::word) fail(what);
        return take().text;
    }
    std::string_view take_name(std::string_view what) {
        if (now_.is != token::kind::name) fail(what);
        return take().text;
    }
    std::string_view take_string(std::string_view what) {
        if (now_.is != token::kind::string) fail(what);
        return take().text;
    }
    bool at_number() const noexcept { return now_.is == token::kind::number; }
    std::string_view take_number(std::string_view what) {
        if (!at_number()) fail(what);
        return take().text;
    }
    /// Takes an integer without a sign, at most `most`.
    std::uint64_t take_unsigned(std::string_view what, std::uint64_t most) {
        if (!at_number()) fail(what);
        const auto number = read_unsigned(now_.text);
        if (!number || *number > most)
            fail(std::string(what) + ", at most " + std::to_string(most));
        advance();
        return *number;
    }

    /// The number behind `prefix` in a word such as v12, when the token is one; the largest of 64
    /// bits when it is too large for them.
    std::optional<std::uint64_t> numbered(std::string_view prefix) const noexcept {
        if (now_.is != token::kind::word || !now_.text.starts_with(prefix)) return std::nullopt;
        const auto digits = now_.text.substr(prefix.size());
        if (digits.empty()) return std::nullopt;
        for (const char digit : digits)
            if (!detail::is_digit(digit)) return std::nullopt;
        return read_unsigned(digits).value_or(std::numeric_limits<std::uint64_t>::max());
    }

    /// How many bytes there are from the token to the brace that closes the body it is in.
    std::size_t bytes_to_brace() const noexcept {
        return now_ == "}" ? 0 : now_.text.size() + lexer_.bytes_before('}');
    }

    /// Throws an error about the token, which says what was expected in its place.
    [[noreturn]] void fail(std::string_view expected) const {
        std::string found(now_.text.substr(0, 40));
        throw error(now_.where, "expected " + std::string(expected) + ", found " +
                                    (now_.is == token::kind::end ? "the end" : quoted(found)));
    }
    [[noreturn]] static void fail_at(location where, const std::string& what) {
        throw error(where, what);
    }

    /// The comments since the last call, without their semicolons.
    std::vector<token> take_comments() { return std::exchange(comments_, {}); }

    static std::string quoted(std::string_view text) {
        return std::string("'").append(text).append("'");
    }

  private:
    void advance() {
        for (now_ = lexer_.next(); now_.is == token::kind::comment; now_ = lexer_.next()) {
            now_.text.remove_prefix(1);
            comments_.push_back(now_);
        }
    }

    lexer lexer_;
    token now_;
    palimpsest::detail::dependent<std::vector<token>, Tag> comments_;
};
using token_stream = basic_token_stream<>;

}  // namespace palimpsest::ir::text
