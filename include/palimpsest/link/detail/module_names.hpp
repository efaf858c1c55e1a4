// SPDX-License-Identifier: Apache-2.0
// Where the names and numbers of one module lead: in its code, and for the modules that import from
// it.
#pragma once

#include <array>
#include <cstddef>
#include <palimpsest/detail/name_table.hpp>
#include <palimpsest/light_vector.hpp>
#include <palimpsest/link/module.hpp>
#include <palimpsest/link/wasm_type.hpp>
#include <string>
#include <string_view>

namespace palimpsest::linking::detail {

/// An entity of a module: one that it defines, or one that it imports.
struct known_entity {
    bool is_imported = false;
    std::size_t number = 0;  // of the function, in `state`, or in `imports`
};

struct module_names;

/// Where an import leads: to something that the module `in` defines, or to an open import, called
/// `module` and `name` at the end of the chain.
struct found_export {
    const module_names* in = nullptr;   // null: open
    const entity_type* type = nullptr;  // of the last export in the chain; null if there is none
    std::size_t number = 0;             // of the function, or in the module's `state`
    std::string_view module{};
    std::string_view name{};
    bool is_circle = false;
};

/// Something that a module exports.
struct known_export {
    enum class state : unsigned char { unknown, on_the_way, known };

    std::string_view name;
    const entity_type* type = nullptr;
    known_entity entity;
    state followed = state::unknown;
    found_export end{};  // once it was followed
};

/// The names of a module, and the numbers they lead to.
struct module_names {
    const module* of = nullptr;
    palimpsest::detail::name_table functions{};  // in the code: of its own functions
    palimpsest::detail::name_table imports{};    // in the code: in of->imports
    palimpsest::detail::name_table exports{};    // outside: in `exported`
    light_vector<known_export> exported{};
    light_vector<std::string> in_program{};                // the names there of its own functions
    std::array<light_vector<known_entity>, 4> entities{};  // by kind and number, without functions
    std::size_t first_own = 0;  // the number in the program of its first own entity

    light_vector<known_entity>& entities_of(entity_kind kind) noexcept {
        return entities[static_cast<std::size_t>(kind)];
    }
    const light_vector<known_entity>& entities_of(entity_kind kind) const noexcept {
        return entities[static_cast<std::size_t>(kind)];
    }
};

}  // namespace palimpsest::linking::detail
