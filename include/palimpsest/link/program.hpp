// SPDX-License-Identifier: Apache-2.0
// The program that linking makes from modules: functions that call each other, facts about them
// that their code does not tell, and the state that an instance of the program has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/module.hpp>
#include <palimpsest/ir/signature.hpp>
#include <palimpsest/light_vector.hpp>
#include <palimpsest/link/wasm_type.hpp>
#include <string>
#include <string_view>

namespace palimpsest::linking {

/// Facts about a function that its code does not tell. By default it is not a builtin, and is
/// reachable from outside the program, so it is never dropped.
struct function_facts {
    std::uint32_t module = 0;  // the number of the module it comes from
    bool is_builtin = false;   // host code, given as IR
    bool is_private = false;   // nobody outside the program calls it, or takes its address
    bool is_address_taken = false;
};

/// An imported function that no module provides: the program calls it by `name`, and the embedder
/// may bind it at run time.
struct open_function {
    std::string name;  // module/name
    ir::signature signature;

    friend bool operator==(const open_function&, const open_function&) = default;
};
/// An imported memory, table or global that no module provides.
struct open_entity {
    std::string name;  // module/name
    entity_type type;

    friend bool operator==(const open_entity&, const open_entity&) = default;
};

/// A memory, table or global that an instance of the program has for itself.
struct own_entity {
    std::uint32_t module = 0;  // the number of the module that defines it
    std::size_t number = 0;    // in the module's `state`
    entity_type type;

    friend bool operator==(const own_entity&, const own_entity&) = default;
};

/// Names a memory, table or global of a program: number `number` of `program::entities`, or of
/// `program::open_entities` if it is open.
struct entity_ref {
    bool is_open = false;
    std::size_t number = 0;

    friend bool operator==(const entity_ref&, const entity_ref&) = default;
};

/// What the numbers of a module's code mean in the program: for each memory, table and global of
/// the module, imported ones first, the entity that it leads to.
struct module_entities {
    light_vector<entity_ref> memories{};
    light_vector<entity_ref> tables{};
    light_vector<entity_ref> globals{};
};

/// A function, or another entity, that a module exports.
struct program_export {
    std::string name;  // "module/name"
    entity_type type{};
    std::string function{};  // of a function: its name in the program
    entity_ref entity{};     // of others

    friend bool operator==(const program_export&, const program_export&) = default;
};

/// The functions of a program, facts about them (one entry of `facts` for each function, in order),
/// and what it imports and exports. The names of functions are unique. link() makes it from
/// modules; the inliner needs only `code` and `facts`.
struct program {
    ir::module code;
    light_vector<function_facts> facts{};
    light_vector<open_function> open_functions{};  // in the order in which they are called
    light_vector<open_entity> open_entities{};     // in the order of modules and imports
    light_vector<own_entity> entities{};           // in the order of modules and their `state`
    light_vector<module_entities> modules{};       // one for each module
    light_vector<program_export> exports{};        // in the order of modules and their lists

    /// The export "module/name"; null if there is none. Takes time linear in the exports: for
    /// frequent look-ups, make an index.
    const program_export* find_export(std::string_view name) const noexcept {
        for (const auto& one : exports)
            if (one.name == name) return &one;
        return nullptr;
    }
};

}  // namespace palimpsest::linking
