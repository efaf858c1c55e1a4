// SPDX-License-Identifier: Apache-2.0
// A module as linking sees it: functions, memories, tables and globals, what of them it imports and
// exports under which names, and whose code it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/ir/module.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <palimpsest/link/wasm_type.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace palimpsest::linking {

/// Tells whose code a module is, and so whether it may reach the host.
enum class module_kind : std::uint8_t {
    guest,   // compiled from code that somebody else wrote
    builtin  // the embedder's own: may call intrinsics, and must have no state
};

/// An imported function. The module's code calls it as `local`, with a signature of the IR. The
/// wasm type is there when the module was wasm; when exporter and importer both have one, they must
/// be the same.
struct imported_function {
    std::string local;
    std::optional<function_type> type{};
};
/// Something that a module imports: what another module, `module`, exports as `name`. An imported
/// memory, table or global has the next number of its kind, from 0, and those that the module
/// defines follow behind.
struct import {
    std::string module;
    std::string name;
    std::variant<imported_function, memory_type, table_type, global_type> what;
};

/// An exported function of the module, or one that it imports, by its name in the module's code.
struct exported_function {
    std::string function;
    std::optional<function_type> type{};
};
/// An exported memory, table or global, by its number among those of the module: the imported ones
/// come first.
struct exported_entity {
    entity_kind kind = entity_kind::memory;
    std::size_t number = 0;
};
/// Something that other modules import from this one as `name`.
struct export_ {
    std::string name;
    std::variant<exported_function, exported_entity> what;
};

/// The memories, tables and globals that each instance of the module has of its own, behind those
/// that it imports. A builtin has none.
struct module_state {
    std::vector<memory_type> memories{};
    std::vector<table_type> tables{};
    std::vector<global_type> globals{};
};

/// A module to link: its code, what it imports and exports, its state, and its kind. The code calls
/// its own functions and its imports by name. A name of the form "module/name" that the code has no
/// function for is an import without being listed in `imports`. Names of modules have no slash, and
/// exported names do not begin with one.
struct module {
    std::string name;
    module_kind kind = module_kind::guest;
    ir::module code{};
    std::vector<import> imports{};
    std::vector<export_> exports{};  // empty: every function, by its own name
    module_state state{};

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
    module&& exporting(std::vector<std::string> functions) && {
        for (const auto& one : functions) exports.push_back({one, exported_function{one, {}}});
        return std::move(*this);
    }
};

}  // namespace palimpsest::linking
