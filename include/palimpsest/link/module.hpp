// SPDX-License-Identifier: Apache-2.0
// A module as linking sees it: functions, memories, tables and globals, which of them it imports
// and exports and under which names, and whose code it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/module.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <palimpsest/light_vector.hpp>
#include <palimpsest/link/wasm_type.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace palimpsest::linking {

/// Says whose code a module is, and so whether it may reach the host.
enum class module_kind : std::uint8_t {
    guest,   // compiled from code that somebody else wrote
    builtin  // the embedder's own: may call intrinsics, and must have no state
};

/// Something that a module imports: what another module, `module`, exports as `name`. Imported
/// memories, tables and globals are numbered by kind from 0, followed by those that the module
/// defines.
struct import {
    std::string module;
    std::string name;
    std::string local{};  // of a function: what the module's code calls it
    entity_type type{};
};

/// Something that other modules import from this one as `name`: a function that the module defines
/// or imports, or another entity of the module.
struct export_ {
    std::string name;
    std::string function{};  // of a function: its name in the module's code
    entity_type type{};      // of a function: its wasm type. Of others only the kind counts
    std::size_t number = 0;  // of others: among those of its kind, imported first

    /// Exports a memory, table or global.
    static export_ entity(std::string name, entity_kind kind, std::size_t number) {
        export_ made{std::move(name)};
        made.type.kind = kind;
        made.number = number;
        return made;
    }
};

/// A module to link: its code, what it imports and exports, its state, and its kind. The code calls
/// its own functions and its imports by name. A name of the form "module/name" that is no function
/// of the code is an import even if it is not listed in `imports`. Names of modules have no slash,
/// and exported names do not begin with one.
struct module {
    std::string name;
    module_kind kind = module_kind::guest;
    ir::module code{};
    light_vector<import> imports{};
    light_vector<export_> exports{};  // empty: every function, by its own name
    /// The memories, tables and globals that each instance of the module has for itself. They are
    /// numbered by kind, after those that the module imports. A builtin has none.
    light_vector<entity_type> state{};

    /// Makes a guest module from functions in text. Throws ir::text::error.
    template <class = void>
    static module guest(std::string name, std::string_view clif) {
        return {std::move(name), module_kind::guest, ir::text::read_module(clif)};
    }
    /// Makes a builtin module from functions in text. Throws ir::text::error.
    template <class = void>
    static module host(std::string name, std::string_view clif) {
        return {std::move(name), module_kind::builtin, ir::text::read_module(clif)};
    }

    /// Exports these functions by their own names, and no others.
    module&& exporting(const light_vector<std::string>& functions) && {
        for (const auto& one : functions) exports.push_back({one, one});
        return std::move(*this);
    }
};

}  // namespace palimpsest::linking
