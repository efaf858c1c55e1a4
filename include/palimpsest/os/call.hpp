// SPDX-License-Identifier: Apache-2.0
// The parts that all system calls of the library share.
//
// A call is a small function object with a name. A pool and its policies do not call it but hand it
// to a *system*, which runs it: `system(os::decommit{}, range)`. A system that counts calls, or
// makes one fail in a test, needs no list of them, because it is a template over the call.
#pragma once

#include <cerrno>
#include <concepts>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace palimpsest::os {

/// The result of a system call: a value, or the kernel's error number. `error` is 0 on success, and
/// `value` is meaningful only then.
template <class Value>
struct [[nodiscard]] outcome {
    Value value{};
    int error = 0;

    constexpr explicit operator bool() const noexcept { return error == 0; }
};

/// The value of a call that returns nothing but success.
struct done {};
/// The result of a call that either succeeds or returns an error number.
using status = outcome<done>;

/// Translates the result of a C function that returns -1 and sets errno on failure.
inline status status_of(long returned) noexcept {
    return returned < 0 ? status{{}, errno} : status{};
}

/// The same for a function whose non-negative result is the value itself.
template <class Value>
outcome<Value> outcome_of(long returned) noexcept {
    if (returned < 0) return {Value{}, errno};
    return {static_cast<Value>(returned), 0};
}

/// A system call as a type: a function object without state, with a constant `name` for error
/// messages and statistics. A pool and its policies hand it to a system, which runs it.
template <class Type>
concept Call = std::default_initializable<Type> && requires {
    { Type::name } -> std::convertible_to<std::string_view>;
};

/// Throws std::system_error for a call that failed during set-up. The text names the call, its
/// `arguments`, and the `advice` on what the caller can change.
[[noreturn]] inline void throw_failed(std::string_view call, const std::string& arguments,
                                      int error, std::string_view advice = {}) {
    std::string text = "palimpsest: ";
    text.append(call).append("(").append(arguments).append(") failed");
    if (!advice.empty()) text.append("; ").append(advice);
    throw std::system_error(error, std::generic_category(), text);
}

/// A system that runs each call and does nothing else. It is empty and compiles to the bare call.
struct direct_system {
    template <Call Which, class... Arguments>
    auto operator()(Which call, Arguments&&... arguments) const noexcept {
        return call(std::forward<Arguments>(arguments)...);
    }
};

}  // namespace palimpsest::os
