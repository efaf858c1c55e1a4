// SPDX-License-Identifier: Apache-2.0
// Splits text into tokens. Never fails: an unknown character is also a token, which no reader
// expects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/text/error.hpp>
#include <string_view>

namespace palimpsest::ir::text {

/// A token of a text: its kind, its characters and its place. The characters are not copied, so the
/// text must outlive it.
struct token {
    /// The kinds of tokens. White space is not a token.
    enum class kind : std::uint8_t {
        end,
        word,         // letters, digits and _, a letter or _ first
        name,         // %name, without the %; or %"name", without both
        string,       // "text", without the marks; over several lines too
        number,       // as written
        at,           // @12af: a place in the source
        punctuation,  // one character, or ->
        comment,      // ; to the end of the line
        unknown
    };

    kind is = kind::end;
    std::string_view text;
    location where;

    [[gnu::noinline]] bool operator==(std::string_view other) const noexcept {
        return text == other && (is == kind::word || is == kind::punctuation);
    }
};

namespace detail {
constexpr bool is_digit(char one) noexcept { return one >= '0' && one <= '9'; }
constexpr bool is_word(char one) noexcept {
    return is_digit(one) || (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || one == '_';
}
}  // namespace detail

/// Splits a text into tokens, one by one, without copying. The text must outlive it. Choose
/// token_stream to have errors and comments handled as well.
template <class = void>
class basic_lexer {
  public:
    explicit basic_lexer(std::string_view text) noexcept : rest_(text) {}

    /// The next token; at the end always one of kind `end`.
    token next() noexcept {
        skip_space();
        if (rest_.empty()) return take(token::kind::end, 0);
        const char first = rest_[0];
        if (first == ';') return take(token::kind::comment, length_of_line());
        if (first == '%') return take_name();
        if (first == '"') return take_string();
        if (first == '@') return take(token::kind::at, 1 + length_of_words(1));
        if (rest_.starts_with("->")) return take(token::kind::punctuation, 2);
        if (begins_number()) return take(token::kind::number, length_of_number());
        if (detail::is_word(first)) return take(token::kind::word, length_of_words(0));
        if (std::string_view("(){}[],:=.<>!").find(first) != std::string_view::npos)
            return take(token::kind::punctuation, 1);
        return take(token::kind::unknown, 1);
    }

    /// The number of bytes from here to the next `wanted` outside comments and quotation marks; all
    /// remaining bytes if there is none.
    std::size_t bytes_before(char wanted) const noexcept {
        std::size_t at = 0;
        while (at < rest_.size() && rest_[at] != wanted) {
            const char one = rest_[at++];
            if (one != ';' && one != '"') continue;
            const auto end = rest_.find(one == ';' ? '\n' : '"', at);
            if (end == std::string_view::npos) return rest_.size();
            at = end + 1;
        }
        return at;
    }

  private:
    [[gnu::noinline]] token take(token::kind is, std::size_t length) noexcept {
        const token made{is, rest_.substr(0, length), where_};
        rest_.remove_prefix(length);
        where_.column += length;
        return made;
    }

    void skip_space() noexcept {
        while (!rest_.empty()) {
            switch (rest_[0]) {
                case '\n':
                    ++where_.line;
                    where_.column = 1;
                    break;
                case ' ':
                case '\t':
                case '\r':
                    ++where_.column;
                    break;
                default:
                    return;
            }
            rest_.remove_prefix(1);
        }
    }

    std::size_t length_of_line() const noexcept {
        const auto end = rest_.find('\n');
        return end == std::string_view::npos ? rest_.size() : end;
    }
    std::size_t length_of_words(std::size_t from) const noexcept {
        auto end = from;
        while (end < rest_.size() && detail::is_word(rest_[end])) ++end;
        return end - from;
    }

    token take_name() noexcept {
        if (rest_.size() > 1 && rest_[1] == '"') {
            const auto end = rest_.find_first_of("\"\n", 2);
            if (end == std::string_view::npos || rest_[end] == '\n')
                return take(token::kind::unknown, 1);
            auto made = take(token::kind::name, end + 1);
            made.text = made.text.substr(2, made.text.size() - 3);
            return made;
        }
        auto made = take(token::kind::name, 1 + length_of_words(1));
        made.text.remove_prefix(1);
        return made;
    }

    /// Takes a string. No character has a special meaning in it, and it ends with the next mark.
    token take_string() noexcept {
        const auto end = rest_.find('"', 1);
        if (end == std::string_view::npos) return take(token::kind::unknown, 1);
        auto made = take(token::kind::string, end + 1);
        made.text = made.text.substr(1, end - 1);
        for (std::size_t place = 0; place < made.text.size(); ++place) {
            if (made.text[place] != '\n') continue;
            ++where_.line;
            where_.column = made.text.size() - place + 1;
        }
        return made;
    }

    /// Whether a number begins here: a digit, Inf, NaN or sNaN, or a sign followed by a digit or
    /// any word.
    bool begins_number() const noexcept {
        const bool sign = rest_[0] == '-' || rest_[0] == '+';
        const auto digits = rest_.substr(sign ? 1 : 0);
        if (digits.empty()) return false;
        return detail::is_digit(digits[0]) || (sign && detail::is_word(digits[0])) ||
               begins_word(digits, "NaN") || begins_word(digits, "sNaN") ||
               begins_word(digits, "Inf");
    }
    static bool begins_word(std::string_view text, std::string_view word) noexcept {
        return text.starts_with(word) &&
               (text.size() == word.size() || !detail::is_word(text[word.size()]));
    }

    /// The length of a number, or of a word that begins like one, such as 12abc.
    std::size_t length_of_number() const noexcept {
        std::size_t end = rest_[0] == '-' || rest_[0] == '+' ? 1 : 0;
        while (end < rest_.size()) {
            const char one = rest_[end];
            const bool exponent_sign = (one == '-' || one == '+') &&
                                       (rest_[end - 1] == 'p' || rest_[end - 1] == 'e') &&
                                       rest_.substr(0, end).find('.') != std::string_view::npos;
            const bool payload = one == ':' && rest_[end - 1] == 'N' && end + 1 < rest_.size() &&
                                 detail::is_digit(rest_[end + 1]);
            if (!detail::is_word(one) && one != '.' && !exponent_sign && !payload) break;
            ++end;
        }
        return end;
    }

    std::string_view rest_;
    location where_;
};
using lexer = basic_lexer<>;

}  // namespace palimpsest::ir::text
