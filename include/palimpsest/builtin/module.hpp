// SPDX-License-Identifier: Apache-2.0
// A module as linking sees it: functions, the names it exports and imports, and whose code it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/module.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace palimpsest::builtin {

/// Tells whose code a module is, and so whether it may reach the host.
enum class module_kind : std::uint8_t {
    guest,   // compiled from code that somebody else wrote
    builtin  // the embedder's own: may call intrinsics, and must have no state
};

/// A function that the module calls as `local`, and that the module `module` exports as `name`.
struct import {
    std::string local;
    std::string module;
    std::string name;
};
/// A function of the module, and the name by which other modules import it.
struct export_ {
    std::string function;
    std::string name;
};

/// How many memories, tables and globals each instance of the module has of its own. All are 0 for
/// a builtin, which has no state.
struct module_state {
    std::size_t memories = 0;
    std::size_t tables = 0;
    std::size_t globals = 0;
};

/// A module to link: its code, the names that it imports and exports, and its kind. The code calls
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
        for (auto& one : functions) exports.push_back({one, one});
        return std::move(*this);
    }
};

}  // namespace palimpsest::builtin
