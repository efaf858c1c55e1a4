// SPDX-License-Identifier: Apache-2.0
// What every system call of the library has in common.
//
// A call is a small function object with a name. It is never called directly but handed to a
// *system*, which runs it: `system(os::decommit{}, range)`. A system that counts calls, or that
// makes one of them fail in a test, needs no list of them; it is a template over the call.
#pragma once

#include <cerrno>
#include <concepts>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace palimpsest::os {

/// What a call gave: a value, or the kernel's error number (0: none).
template <class Value>
struct [[nodiscard]] outcome {
    Value value{};
    int error = 0;

    constexpr explicit operator bool() const noexcept { return error == 0; }
};

struct done {};
using status = outcome<done>;

/// The outcome of a call that returns -1 and sets errno on failure.
inline status status_of(long returned) noexcept {
    return returned < 0 ? status{{}, errno} : status{};
}

template <class Value>
outcome<Value> outcome_of(long returned) noexcept {
    if (returned < 0) return {Value{}, errno};
    return {static_cast<Value>(returned), 0};
}

template <class Type>
concept Call = std::default_initializable<Type> && requires {
    { Type::name } -> std::convertible_to<std::string_view>;
};

/// Throws std::system_error for a call that failed on set-up. `arguments` says with what it was
/// called, `advice` what the caller can change.
[[noreturn]] inline void throw_failed(std::string_view call, const std::string& arguments,
                                      int error, std::string_view advice = {}) {
    std::string text = "palimpsest: ";
    text.append(call).append("(").append(arguments).append(") failed");
    if (!advice.empty()) text.append("; ").append(advice);
    throw std::system_error(error, std::generic_category(), text);
}

/// The system that just runs the call. Empty, and compiled away.
struct direct_system {
    template <Call Which, class... Arguments>
    auto operator()(Which call, Arguments&&... arguments) const noexcept {
        return call(std::forward<Arguments>(arguments)...);
    }
};

}  // namespace palimpsest::os
