// SPDX-License-Identifier: Apache-2.0
// The host, which runs when a program calls a function that its module does not have.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <palimpsest/ir/data_value.hpp>
#include <palimpsest/ir/signature.hpp>
#include <palimpsest/ir/trap_code.hpp>
#include <span>
#include <string_view>

namespace palimpsest::ir {

/// The host of an interpreter. Model it to give a program your own functions and symbols. `call`
/// runs the function of this name and writes the results, whose types are already set; it returns a
/// trap code to stop the program. `symbol` returns the address of a symbol, or nothing.
template <class Type>
concept InterpreterHost =
    requires(Type& host, std::string_view name, const signature& as,
             std::span<const data_value> arguments, std::span<data_value> results) {
        { host.call(name, as, arguments, results) } -> std::same_as<std::optional<trap_code>>;
        { host.symbol(name) } -> std::same_as<std::optional<std::uint64_t>>;
    };

/// The host that has nothing: calling a function that the module does not have traps.
struct no_host {
    static std::optional<trap_code> call(std::string_view, const signature&,
                                         std::span<const data_value>, std::span<data_value>) {
        return trap_code::no_body;
    }
    static std::optional<std::uint64_t> symbol(std::string_view) { return std::nullopt; }
};

}  // namespace palimpsest::ir
