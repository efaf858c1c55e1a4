// SPDX-License-Identifier: Apache-2.0
// Joins modules into one program: each import is bound to what another module exports by that name.
// Nothing is copied into another function here; that is the inliner's job.
//
//     guest       calls %"host-buf/get"            a builtin module's function
//     host-buf    calls %"intrinsics/u8-checked-load"    which only builtins may
//     program     guest/run, host-buf/get, intrinsics/u8-checked-load, calling each other
//
// In the program a function is called "module/exported name", or "module//name" if its module does
// not export it. A module may export what it imports; an import of that leads on to where it comes
// from.
//
// Alias regions keep their numbers, which hold for the whole program: modules that mean the same
// memory by a region give it the same number. If unrelated modules use one number for different
// memory, the program is still correct, but the inliner's passes know less.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/compile_once.hpp>
#include <palimpsest/detail/concatenate.hpp>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/detail/name_table.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/verifier.hpp>
#include <palimpsest/light_vector.hpp>
#include <palimpsest/link/detail/intrinsic_names.hpp>
#include <palimpsest/link/detail/known_modules.hpp>
#include <palimpsest/link/detail/module_names.hpp>
#include <palimpsest/link/detail/problems.hpp>
#include <palimpsest/link/module.hpp>
#include <palimpsest/link/program.hpp>
#include <palimpsest/link/wasm_type.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace palimpsest::linking {

/// Options of link(): whether all imports must be provided, which functions are called from outside
/// the program, and what only builtins may call. By default imports may stay open, and everything
/// that guests export is kept.
struct link_options {
    /// Makes an import that no module provides an error. Choose it if nothing is bound at run time.
    bool closed = false;
    /// The functions that are called from outside, as "module/name"; if empty, all that guests
    /// export. Other functions are called only by the program, so the inliner drops those that it
    /// leaves without callers.
    light_vector<std::string> roots{};
    /// A module of intrinsics: functions that builtins, but never guests, may import. Only its code
    /// may refer to the symbols that it refers to. Those of its functions that are called become
    /// part of the program. It must live until link() returns. builtin::link() passes the library's
    /// own.
    const module* intrinsics = nullptr;
};

namespace detail {

/// Links modules; each object is used once.
template <class Tag = void>
class basic_linker {
  public:
    basic_linker(std::span<const module> modules, const link_options& options)
        : modules_(modules), options_(options), intrinsics_(options.intrinsics) {}

    program link() {
        if (options_.intrinsics != nullptr) check_intrinsics(*options_.intrinsics);
        for (const auto& one : modules_) check(one);
        wrong_.stop_if_any();  // the next steps rely on the names
        for (auto& one : known_.all()) known_.register_names(one);
        for (auto& one : known_.all()) known_.check_imports(one, options_.closed);
        for (auto& one : known_.all()) add_own_entities(one);
        for (auto& one : known_.all()) resolve_entities(one);
        for (auto& one : known_.all()) add_functions(one);
        add_intrinsics();
        list_exports();
        mark_roots();
        wrong_.stop_if_any();
        return std::move(made_);
    }

  private:
    using names = module_names;

    /// The function that a name leads to.
    struct target {
        std::string name;  // in the program
        const ir::signature* signature = nullptr;
    };

    void complain(const module& of, problems::parts what) { wrong_.add(of.name, what); }

    // Modules one by one.

    /// Intrinsics are taken as they are, so they call nothing.
    void check_intrinsics(const module& of) {
        known_.check_module_name(of);
        for (const auto& problem : ir::verify(of.code)) complain(of, {problem.text});
        for (const auto& function : of.code.functions)
            for (const auto& callee : function.functions)
                if (!callee.is_left_out())
                    complain(of, {"the intrinsic %", function.name, " refers to the function %",
                                  callee.name, "; intrinsics call nothing"});
    }
    void check(const module& of) {
        known_.add(of);
        for (const auto& problem : ir::verify(of.code)) complain(of, {problem.text});
        check_state(of);
    }
    void check_state(const module& of) {
        const bool is_builtin = of.kind == module_kind::builtin;
        if (is_builtin) {
            refuse_state(of, entity_kind::memory, "memories");
            refuse_state(of, entity_kind::table, "tables");
            refuse_state(of, entity_kind::global, "globals");
        }
        for (const auto& function : of.code.functions)
            for (const auto& global : function.globals) {
                if (global.is != ir::global_data::kind::symbol) continue;
                if (is_builtin)
                    complain(of, {"a builtin has no state of its own, but %", function.name,
                                  " refers to the symbol %", global.symbol,
                                  "; keep it in the host data instead"});
                else if (const auto by = intrinsics_.reserving(global.symbol))
                    complain(of, {"%", function.name, " refers to the symbol %", global.symbol,
                                  ", which is the host's; only builtins reach it, ",
                                  "by the intrinsic ", *by});
            }
    }
    void refuse_state(const module& of, entity_kind kind, std::string_view what) {
        std::size_t count = 0;
        for (const auto& one : of.state) count += one.kind == kind ? 1 : 0;
        if (count != 0)
            complain(of, {"a builtin has no state of its own, but this has ", count, " ", what,
                          "; keep it in the host data instead"});
    }

    // Memories, tables and globals.

    void add_own_entities(names& mine) {
        const auto module = static_cast<std::uint32_t>(known_.number_of(mine));
        const auto& state = mine.of->state;
        mine.first_own = made_.entities.size();
        for (std::size_t number = 0; number < state.size(); ++number)
            made_.entities.push_back({module, number, state[number]});
    }
    void resolve_entities(const names& mine) {
        module_entities refs;
        resolve(refs.memories, mine, entity_kind::memory);
        resolve(refs.tables, mine, entity_kind::table);
        resolve(refs.globals, mine, entity_kind::global);
        made_.modules.push_back(std::move(refs));
    }
    void resolve(light_vector<entity_ref>& to, const names& mine, entity_kind kind) {
        for (const auto& one : mine.entities_of(kind)) to.push_back(entity_of(mine, one));
    }
    entity_ref entity_of(const names& mine, const known_entity& which) {
        if (!which.is_imported) return {false, mine.first_own + which.number};
        const auto& one = mine.of->imports[which.number];
        const auto at = known_.follow(one.module, one.name);
        if (at.in != nullptr) return {false, at.in->first_own + at.number};
        auto name = open_name(at);
        const auto next = made_.open_entities.size();
        const auto number = open_entities_.number_of(
            palimpsest::detail::concatenate({name, "\n", text<Tag>(one.type)}), next);
        if (number == next) made_.open_entities.push_back({std::move(name), one.type});
        return {true, number};
    }

    // Functions.

    void add_functions(const names& mine) {
        const auto& of = *mine.of;
        const bool is_builtin = of.kind == module_kind::builtin;
        for (std::size_t number = 0; number < of.code.functions.size(); ++number) {
            auto copy = of.code.functions[number];
            for (auto& callee : copy.functions)
                if (!callee.is_left_out()) bind(mine, copy.name, callee, copy.signatures);
            copy.name = mine.in_program[number];
            if (is_builtin) check_addresses(of, copy);
            add(std::move(copy), known_.number_of(mine), is_builtin);
        }
    }
    void add(ir::function function, std::size_t module, bool is_builtin) {
        numbers_.add(function.name, made_.code.functions.size());
        made_.code.functions.push_back(std::move(function));
        function_facts facts;
        facts.module = static_cast<std::uint32_t>(module);
        facts.is_builtin = is_builtin;
        facts.is_private = true;  // until it is found to be a root
        made_.facts.push_back(facts);
    }
    void bind(const names& mine, std::string_view caller, ir::function_ref_data& callee,
              const ir::entity_table<ir::signature_ref, ir::signature>& signatures) {
        const auto& as = signatures[callee.signature];
        auto to = resolve(mine, callee.name, as);
        if (to.signature != nullptr && !is_callable_as(*to.signature, as))
            complain(*mine.of, {"%", caller, " calls ", callee.name, " as ", text_of(as),
                                ", but it is ", text_of(*to.signature)});
        callee.name = std::move(to.name);
    }
    target resolve(const names& mine, std::string_view name, const ir::signature& as) {
        if (const auto own = mine.functions.find(name)) return own_function(mine, *own);
        if (const auto listed = mine.imports.find(name)) {
            const auto& one = mine.of->imports[*listed];
            return resolve(mine, one.module, one.name, as);
        }
        const auto slash = name.find('/');
        if (slash == std::string_view::npos) return open(mine, std::string(name), as);
        return resolve(mine, name.substr(0, slash), name.substr(slash + 1), as);
    }
    target resolve(const names& mine, std::string_view from, std::string_view name,
                   const ir::signature& as) {
        if (intrinsics_.are_of(from)) return intrinsic(*mine.of, name);
        const auto at = known_.follow(from, name);
        const auto kind = at.type != nullptr ? at.type->kind : entity_kind::function;
        if (kind != entity_kind::function) {
            complain(*mine.of,
                     {"it calls ", from, "/", name, ", which is a ", linking::name(kind)});
            return {};
        }
        return at.in != nullptr ? own_function(*at.in, at.number) : open(mine, open_name(at), as);
    }
    static target own_function(const names& in, std::size_t number) {
        return {in.in_program[number], &in.of->code.functions[number].signature};
    }
    /// Purposes count: a function that takes a vmctx relies on getting one, not a number of the
    /// caller's choice.
    static bool is_callable_as(const ir::signature& its, const ir::signature& as) {
        if (!ir::same_types(its, as) || its.convention != as.convention) return false;
        for (std::size_t index = 0; index < as.parameters.size(); ++index)
            if (its.parameters[index].purpose != as.parameters[index].purpose) return false;
        return true;
    }
    [[gnu::cold, gnu::noinline]] static std::string text_of(const ir::signature& of) {
        std::string made;
        ir::text::printer(made).print(of);
        return made;
    }

    /// Records an import that no module provides.
    target open(const names& mine, std::string name, const ir::signature& as) {
        if (options_.closed)
            complain(*mine.of,
                     {"nobody provides the import ", name, text_of(as), ", and linking is closed"});
        if (intrinsics_.reserving(name))
            complain(*mine.of, {"it refers to a function ", name, ", the name of the host's data"});
        if (name.find("//") != std::string::npos)
            complain(*mine.of, {"the import ", name, " has a name that begins with a slash"});
        open_names_.add(name, 0);
        const auto next = made_.open_functions.size();
        const auto number = open_functions_.number_of(
            palimpsest::detail::concatenate({name, "\n", text_of(as)}), next);
        if (number == next) made_.open_functions.push_back({name, as});
        return {std::move(name), nullptr};
    }
    /// Refuses a builtin that takes the address of an open import: the embedder may bind that to
    /// anything, even memory.
    void check_addresses(const module& of, const ir::function& in) {
        for (const auto block : in.blocks())
            for (const auto which : in.instructions(block)) {
                if (ir::describe(in[which].code).shape != ir::format::function) continue;
                const auto& callee = in.functions[in[which].as<ir::function_ref>()];
                if (open_names_.find(callee.name))
                    complain(of,
                             {"a builtin has no state of its own, but %", in.name,
                              " takes the address of ", callee.name, ", which nobody provides"});
            }
    }

    // Intrinsics.

    target intrinsic(const module& in, std::string_view name) {
        const auto number = known_.intrinsic_number(in, name);
        if (!number) return {};
        auto full = palimpsest::detail::concatenate({options_.intrinsics->name, "/", name});
        if (called_.add(name, *number)) called_intrinsics_.push_back(*number);
        return {std::move(full), &intrinsics_[*number].signature};
    }
    /// Adds the intrinsics that are called, as functions of a module after all others.
    void add_intrinsics() {
        for (const auto number : called_intrinsics_) {
            auto copy = intrinsics_[number];
            copy.name =
                palimpsest::detail::concatenate({options_.intrinsics->name, "/", copy.name});
            add(std::move(copy), modules_.size(), true);
        }
    }

    // Exports.

    void list_exports() {
        for (const auto& one : known_.all())
            for (const auto& as : one.exported) list_export(one, as);
    }
    void list_export(const names& mine, const known_export& as) {
        const auto at = known_.follow(mine.of->name, as.name);
        made_.exports.push_back({});
        auto& made = made_.exports.back();
        made.name = palimpsest::detail::concatenate({mine.of->name, "/", as.name});
        made.type = *at.type;
        if (as.type->kind != entity_kind::function)
            made.entity = entity_of(mine, as.entity);
        else
            made.function = at.in != nullptr ? at.in->in_program[at.number] : open_name(at);
        exports_.add(made.name, made_.exports.size() - 1);
    }
    static std::string open_name(const found_export& of) {
        return palimpsest::detail::concatenate({of.module, "/", of.name});
    }
    void mark_roots() {
        if (options_.roots.empty())
            for (const auto& one : made_.exports)
                if (one.type.kind == entity_kind::function && is_guests(one.name))
                    mark_root(one.function);
        for (const auto& root : options_.roots) {
            const auto number = exports_.find(root);
            if (!number) {
                wrong_.add({"the root ", root, " is exported by no module"});
            } else if (const auto& one = made_.exports[*number];
                       one.type.kind != entity_kind::function) {
                wrong_.add({"the root ", root, " is no function, but a ", name(one.type.kind)});
            } else {
                mark_root(one.function);
            }
        }
    }
    bool is_guests(std::string_view exported) {
        const auto module = exported.substr(0, exported.find('/'));
        return known_.find(module)->of->kind == module_kind::guest;
    }
    /// An exported open import is not a function of the program, and needs no mark.
    void mark_root(std::string_view function) {
        if (const auto number = numbers_.find(function)) made_.facts[*number].is_private = false;
    }

    std::span<const module> modules_;
    const link_options& options_;
    intrinsic_names intrinsics_;
    problems wrong_;
    known_modules known_{modules_.size(), intrinsics_, wrong_};
    palimpsest::detail::basic_name_table<Tag> called_;          // intrinsics
    light_vector<std::size_t> called_intrinsics_;               // in the order of their first calls
    palimpsest::detail::basic_name_table<Tag> exports_;         // in the program's list
    palimpsest::detail::basic_name_table<Tag> numbers_;         // of the functions in the program
    palimpsest::detail::basic_name_table<Tag> open_names_;      // of open functions
    palimpsest::detail::basic_name_table<Tag> open_functions_;  // by name and type
    palimpsest::detail::basic_name_table<Tag> open_entities_;   // by name and type
    program made_;
};
using linker = basic_linker<>;

}  // namespace detail

/// Joins modules into one program. Throws link_error, which lists everything that is wrong:
/// malformed code, names that exist twice or not at all, an import whose type differs from the
/// export's (the error gives both), a guest that imports an intrinsic, a builtin with state. Wasm
/// types are compared if both sides have one, by the rules of the WebAssembly specification; in the
/// IR, functions agree if types, calling convention and purposes of parameters do. Symbols keep
/// their names: two modules that use one name mean one symbol.
template <class = void>
program link(std::span<const module> modules, const link_options& options = {}) {
    return detail::linker(modules, options).link();
}

PALIMPSEST_COMPILE_ONCE(program link<void>(std::span<const module>, const link_options&));

}  // namespace palimpsest::linking
