// SPDX-License-Identifier: Apache-2.0
// Where the names of one module lead: in its code, and for the modules that import from it.
#pragma once

#include <cstddef>
#include <optional>
#include <palimpsest/detail/name_table.hpp>
#include <palimpsest/light_vector.hpp>
#include <palimpsest/link/module.hpp>
#include <palimpsest/link/wasm_type.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace palimpsest::linking::detail {

/// Something that a module exports: one of its own functions, memories, tables or globals, or an
/// import that it passes on.
struct known_export {
    std::string_view name;
    entity_kind kind = entity_kind::function;
    bool is_passed_on = false;
    std::size_t number =
        0;  // of the function; among the module's own ones of the kind; of the import
    const std::optional<function_type>* type = nullptr;  // of a function that has a wasm type
};

/// The names of a module, and the numbers that they lead to.
struct module_names {
    const module* of = nullptr;
    palimpsest::detail::name_table functions{};  // in the code: of its own functions
    palimpsest::detail::name_table imports{};    // in the code: in of->imports
    palimpsest::detail::name_table exports{};    // outside: in `exported`
    light_vector<known_export> exported{};
    std::vector<std::string> in_program{};  // of its own functions
    // Of memories, tables and globals: those that it imports, as numbers in of->imports, and the
    // number in the program of the first one that it defines.
    light_vector<std::size_t> imported[3]{};
    std::size_t first_own[3]{};

    /// How many memories, tables or globals it defines.
    std::size_t own(entity_kind kind) const noexcept {
        const auto& state = of->state;
        if (kind == entity_kind::memory) return state.memories.size();
        return kind == entity_kind::table ? state.tables.size() : state.globals.size();
    }
    /// The type of one that it defines.
    entity_type own_type(entity_kind kind, std::size_t number) const {
        const auto& state = of->state;
        if (kind == entity_kind::memory) return state.memories[number];
        if (kind == entity_kind::table) return state.tables[number];
        return state.globals[number];
    }
    std::size_t& first_own_of(entity_kind kind) noexcept {
        return first_own[static_cast<std::size_t>(kind) - 1];
    }
    std::size_t first_own_of(entity_kind kind) const noexcept {
        return first_own[static_cast<std::size_t>(kind) - 1];
    }
    /// Those that it imports.
    light_vector<std::size_t>& imported_of(entity_kind kind) noexcept {
        return imported[static_cast<std::size_t>(kind) - 1];
    }
    const light_vector<std::size_t>& imported_of(entity_kind kind) const noexcept {
        return imported[static_cast<std::size_t>(kind) - 1];
    }
};

/// The kind of what is imported.
inline entity_kind kind_of(const import& of) noexcept {
    return static_cast<entity_kind>(of.what.index());
}
/// The type of an imported memory, table or global.
inline entity_type type_of(const import& of) {
    if (const auto* memory = std::get_if<memory_type>(&of.what)) return *memory;
    if (const auto* table = std::get_if<table_type>(&of.what)) return *table;
    return *std::get_if<global_type>(&of.what);
}

}  // namespace palimpsest::linking::detail
