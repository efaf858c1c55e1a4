// SPDX-License-Identifier: Apache-2.0
// A module as linking sees it: functions, memories, tables and globals, what of them it imports and
// exports under which names, and whose code it is.
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
#include <vector>

namespace palimpsest::linking {

/// Tells whose code a module is, and so whether it may reach the host.
enum class module_kind : std::uint8_t {
    guest,   // compiled from code that somebody else wrote
    builtin  // the embedder's own: may call intrinsics, and must have no state
};

/// Something that a module imports: what another module, `module`, exports as `name`. An imported
/// memory, table or global has the next number of its kind, from 0, and those that the module
/// defines follow behind.
struct import {
    std::string module;
    std::string name;
    std::string local{};  // of a function: what the module's code calls it
    entity_type type{};
};

/// Something that other modules import from this one as `name`: a function of the module, or one
/// that it imports, or another entity of the module.
struct export_ {
    std::string name;
    std::string function{};  // of a function: its name in the module's code
    entity_type type{};      // of a function: its wasm type. Of others the kind counts
    std::size_t number = 0;  // of others: among those of its kind, imported ones first

    /// Exports a memory, table or global.
    static export_ entity(std::string name, entity_kind kind, std::size_t number) {
        export_ made{std::move(name)};
        made.type.kind = kind;
        made.number = number;
        return made;
    }
};

/// A module to link: its code, what it imports and exports, its state, and its kind. The code calls
/// its own functions and its imports by name. A name of the form "module/name" that the code has no
/// function for is an import without being listed in `imports`. Names of modules have no slash, and
/// exported names do not begin with one.
struct module {
    std::string name;
    module_kind kind = module_kind::guest;
    ir::module code{};
    light_vector<import> imports{};
    light_vector<export_> exports{};  // empty: every function, by its own name
    /// The memories, tables and globals that each instance of the module has of its own. They are
    /// numbered by kind, behind those that the module imports. A builtin has none.
    light_vector<entity_type> state{};

    /// A module of kind guest from functions in text. Throws ir::text::error.
    template <class = void>
    static module guest(std::string name, std::string_view clif) {
        return {std::move(name), module_kind::guest, ir::text::read_module(clif)};
    }
    /// A module of kind builtin from functions in text. Throws ir::text::error.
    template <class = void>
    static module host(std::string name, std::string_view clif) {
        return {std::move(name), module_kind::builtin, ir::text::read_module(clif)};
    }

    /// Exports these functions by their own names, and no others.
    module&& exporting(const std::vector<std::string>& functions) && {
        for (const auto& one : functions) exports.push_back({one, one});
        return std::move(*this);
    }
};

}  // namespace palimpsest::linking
