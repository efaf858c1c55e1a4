// SPDX-License-Identifier: Apache-2.0
// A decision's answer about a call site, and the reason for it.
#pragma once

#include <array>
#include <cstdint>
#include <palimpsest/detail/concatenate.hpp>
#include <string>
#include <string_view>

namespace palimpsest::inlining {

/// Says whether a call is inlined, and whether the calls that come with the body are decided again.
enum class answer : std::uint8_t {
    keep,               // the call stays
    inline_,            // the callee's body replaces the call
    inline_and_revisit  // and the calls in the body become call sites themselves
};

namespace detail {
inline constexpr std::array<std::string_view, 3> answer_names{"keep", "inline",
                                                              "inline and revisit"};
}  // namespace detail

/// The answer in words, such as "inline and revisit".
constexpr std::string_view name(answer of) noexcept {
    return detail::answer_names[static_cast<std::size_t>(of)];
}

/// The reason for an answer: words and, if a number decided, the number and its limit. The words
/// are not copied.
struct reason {
    std::string_view words;  // must outlive the reason: usually a literal
    std::int64_t number = 0;
    std::int64_t limit = 0;
    bool has_number = false;
    bool opposite = false;  // the words led to the opposite answer, through decide::not_

    constexpr reason() noexcept = default;
    constexpr explicit(false) reason(const char* said) noexcept : words(said) {}
    constexpr reason(const char* said, std::int64_t counted, std::int64_t against) noexcept
        : words(said), number(counted), limit(against), has_number(true) {}
};

/// The reason as text, such as "instructions of the callee: 12, limit 50".
template <class = void>
inline std::string text_of(const reason& of) {
    const char* const before = of.opposite ? "the opposite of: " : "";
    if (!of.has_number) return palimpsest::detail::concatenate({before, of.words});
    return palimpsest::detail::concatenate(
        {before, of.words, ": ", of.number, ", limit ", of.limit});
}

/// The result of a decision: an answer and its reason. A bool or an answer converts to one.
struct verdict {
    answer is = answer::keep;
    reason why;

    constexpr verdict() noexcept = default;
    constexpr explicit(false)
        verdict(answer given, reason because = "the embedder's choice") noexcept
        : is(given), why(because) {}
    constexpr explicit(false)
        verdict(bool inlines, reason because = "the embedder's choice") noexcept
        : verdict(inlines ? answer::inline_ : answer::keep, because) {}

    constexpr bool inlines() const noexcept { return is != answer::keep; }
};

}  // namespace palimpsest::inlining
