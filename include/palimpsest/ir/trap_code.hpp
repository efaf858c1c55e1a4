// SPDX-License-Identifier: Apache-2.0
// The reasons why a program stops.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <palimpsest/detail/concatenate.hpp>
#include <string>
#include <string_view>

namespace palimpsest::ir {

/// The reason for a trap: one of the named ones, or one of the program's own, user1 to user239. The
/// default is user1.
class trap_code {
  public:
    static constexpr unsigned most_user = 239;

    constexpr trap_code() noexcept = default;
    /// A code of the program's own, from 1 to most_user.
    static constexpr trap_code user(unsigned number) noexcept {
        return trap_code(static_cast<std::uint8_t>(number));
    }
    /// The code of a number that raw() returned. If it may be another number, check is_known().
    static constexpr trap_code from_raw(std::uint8_t raw) noexcept { return trap_code(raw); }

    /// The code as a number, to store it.
    constexpr std::uint8_t raw() const noexcept { return raw_; }
    /// Whether it is the program's own or has a name.
    constexpr bool is_known() const noexcept;
    friend constexpr bool operator==(trap_code, trap_code) noexcept = default;

    static const trap_code stack_overflow;
    static const trap_code heap_out_of_bounds;
    static const trap_code integer_overflow;
    static const trap_code integer_division_by_zero;
    static const trap_code bad_conversion_to_integer;
    static const trap_code bad_signature;
    static const trap_code indirect_call_to_null;
    static const trap_code table_out_of_bounds;
    static const trap_code heap_misaligned;
    static const trap_code unreachable;
    /// The interpreter's own: the program used up the fuel it was given.
    static const trap_code out_of_fuel;
    /// The interpreter's own: the called function has no body, and no host provides it.
    static const trap_code no_body;

  private:
    constexpr explicit trap_code(std::uint8_t raw) noexcept : raw_(raw) {}
    std::uint8_t raw_ = 1;
};

inline constexpr trap_code trap_code::stack_overflow{240};
inline constexpr trap_code trap_code::heap_out_of_bounds{241};
inline constexpr trap_code trap_code::integer_overflow{242};
inline constexpr trap_code trap_code::integer_division_by_zero{243};
inline constexpr trap_code trap_code::bad_conversion_to_integer{244};
inline constexpr trap_code trap_code::bad_signature{245};
inline constexpr trap_code trap_code::indirect_call_to_null{246};
inline constexpr trap_code trap_code::table_out_of_bounds{247};
inline constexpr trap_code trap_code::heap_misaligned{248};
inline constexpr trap_code trap_code::unreachable{249};
inline constexpr trap_code trap_code::out_of_fuel{250};
inline constexpr trap_code trap_code::no_body{251};

constexpr bool trap_code::is_known() const noexcept { return raw_ != 0 && raw_ <= no_body.raw_; }

namespace detail {
inline constexpr std::array<std::string_view, 12> trap_names{
    "stk_ovf",    "heap_oob",  "int_ovf",         "int_divz",    "bad_toint",   "bad_sig",
    "icall_null", "table_oob", "heap_misaligned", "unreachable", "out_of_fuel", "no_body"};
inline constexpr std::uint8_t first_named_trap = 240;
}  // namespace detail

/// The code in text, such as "heap_oob" or "user1"; "unknown" if it has no name.
inline std::string name(trap_code code) {
    if (code.raw() < detail::first_named_trap)
        return palimpsest::detail::concatenate({"user", unsigned{code.raw()}});
    const std::size_t place = code.raw() - detail::first_named_trap;
    return place < detail::trap_names.size() ? std::string(detail::trap_names[place]) : "unknown";
}

/// The code of this name in text; nothing if there is none.
constexpr std::optional<trap_code> trap_code_named(std::string_view text) noexcept {
    for (std::size_t place = 0; place < detail::trap_names.size(); ++place)
        if (detail::trap_names[place] == text)
            return trap_code::from_raw(static_cast<std::uint8_t>(detail::first_named_trap + place));
    if (!text.starts_with("user") || text.size() > 7) return std::nullopt;
    unsigned number = 0;
    for (const char digit : text.substr(4)) {
        if (digit < '0' || digit > '9') return std::nullopt;
        number = number * 10 + static_cast<unsigned>(digit - '0');
    }
    if (number == 0 || number > trap_code::most_user) return std::nullopt;
    return trap_code::user(number);
}

}  // namespace palimpsest::ir
