// SPDX-License-Identifier: Apache-2.0
// Joins modules into one program: each import is bound to what another module exports by that name.
// Nothing is copied into another function here; that is the inliner's part.
//
//     guest       calls %"host-buf/get"            a builtin module's function
//     host-buf    calls %"intrinsics/u8-checked-load"    which only builtins may
//     program     guest/run, host-buf/get, intrinsics/u8-checked-load, calling each other
//
// In the program a function is called "module/exported name"; one that its module does not export,
// "module//name". A module may export what it imports; an import then leads on to where that comes
// from.
//
// Alias regions keep their numbers, which are the whole program's: modules that mean the same
// memory by a region give it the same number. When modules that know nothing of each other use one
// number for different memory, the program is still right, but the inliner's passes know less.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <palimpsest/detail/concatenate.hpp>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/detail/name_table.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/verifier.hpp>
#include <palimpsest/link/detail/module_names.hpp>
#include <palimpsest/link/link_error.hpp>
#include <palimpsest/link/module.hpp>
#include <palimpsest/link/program.hpp>
#include <palimpsest/link/wasm_type.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace palimpsest::linking {

/// Options of link(): whether all imports must be provided, which functions are called from outside
/// of the program, and what only builtins may call. By default imports may stay open, and all that
/// guests export is kept.
struct link_options {
    /// Makes an import that no module provides an error. Choose it when nothing is bound at run
    /// time.
    bool closed = false;
    /// The functions that are called from outside, as "module/name"; when empty, all that guests
    /// export. Other functions are called by the program only, so that the inliner drops those that
    /// it leaves without callers.
    std::vector<std::string> roots{};
    /// A module of intrinsics: functions that builtins may import, and guests never. Only its code
    /// may refer to the symbols that it refers to. Its functions become part of the program as far
    /// as they are called. It must stay for as long as link() runs. builtin::link() passes the
    /// library's own.
    const module* intrinsics = nullptr;
};

namespace detail {

/// Links modules, once.
template <class Tag = void>
class basic_linker {
  public:
    basic_linker(std::span<const module> modules, const link_options& options)
        : modules_(modules), options_(options), intrinsics_(options.intrinsics) {}

    program link() {
        if (intrinsics_ != nullptr) read_intrinsics();
        for (const auto& one : modules_) check(one);
        stop_if_wrong();  // the next steps look functions up
        for (auto& one : known_) register_names(one);
        for (auto& one : known_) check_imports(one);
        for (auto& one : known_) add_own_entities(one);
        for (auto& one : known_) resolve_entities(one);
        for (auto& one : known_) add_functions(one);
        add_intrinsics();
        list_exports();
        mark_roots();
        stop_if_wrong();
        return std::move(made_);
    }

  private:
    using names = module_names;

    /// Where an import leads: to something that the module `in` defines, or to an import that is
    /// open, and is called `module` and `name` at the end of the chain.
    struct found {
        const names* in = nullptr;  // null: open
        entity_kind kind = entity_kind::function;
        std::size_t number = 0;                              // among its module's own ones
        const std::optional<function_type>* type = nullptr;  // of a function
        std::string_view module{};
        std::string_view name{};
        bool is_circle = false;
    };
    /// The function that a name leads to.
    struct target {
        std::string name;  // in the program
        const ir::signature* signature = nullptr;
    };
    struct reserved_symbol {
        std::string_view symbol;
        std::string_view intrinsic;
    };

    [[gnu::cold, gnu::noinline]] void complain(
        const module& in, std::initializer_list<palimpsest::detail::text_part> what) {
        problems_.push_back(palimpsest::detail::concatenate(
            {"module '", in.name, "': ", palimpsest::detail::concatenate(what)}));
    }
    void stop_if_wrong() {
        if (!problems_.empty()) throw link_error(std::move(problems_));
    }

    // Modules one by one.

    void read_intrinsics() {
        for (std::size_t number = 0; number < intrinsics_->code.functions.size(); ++number) {
            const auto& one = intrinsics_->code.functions[number];
            intrinsic_numbers_.add(one.name, number);
            for (const auto& global : one.globals)
                if (global.is == ir::global_data::kind::symbol)
                    reserved_.push_back({global.symbol, one.name});
        }
        is_called_.resize(intrinsics_->code.functions.size());
    }
    bool are_intrinsics(std::string_view name) const noexcept {
        return intrinsics_ != nullptr && name == intrinsics_->name;
    }
    const reserved_symbol* find_reserved(std::string_view symbol) const noexcept {
        for (const auto& one : reserved_)
            if (one.symbol == symbol) return &one;
        return nullptr;
    }

    void check(const module& of) {
        if (of.name.empty() || of.name.find('/') != std::string::npos)
            complain(of, {"a module's name is not empty, and has no slash"});
        if (are_intrinsics(of.name))
            complain(of, {"this name is that of the library's own; choose another one"});
        if (!module_numbers_.add(of.name, known_.size()))
            complain(of, {"there are two modules of this name"});
        known_.push_back({&of});
        imports_in_all_ += of.imports.size();
        for (const auto& problem : ir::verify(of.code)) complain(of, {problem.text});
        check_state(of);
    }
    void check_state(const module& of) {
        const bool is_builtin = of.kind == module_kind::builtin;
        if (is_builtin) {
            refuse_state(of, of.state.memories.size(), "memories");
            refuse_state(of, of.state.tables.size(), "tables");
            refuse_state(of, of.state.globals.size(), "globals");
        }
        for (const auto& function : of.code.functions)
            for (const auto& global : function.globals) {
                if (global.is != ir::global_data::kind::symbol) continue;
                if (is_builtin)
                    complain(of, {"a builtin has no state of its own, but %", function.name,
                                  " refers to the symbol %", global.symbol,
                                  "; keep it in the host data instead"});
                else if (const auto* reserved = find_reserved(global.symbol))
                    complain(of, {"%", function.name, " refers to the symbol %", global.symbol,
                                  ", which is the host's; only builtins reach it, by the "
                                  "intrinsic ",
                                  reserved->intrinsic});
            }
    }
    void refuse_state(const module& of, std::size_t count, std::string_view what) {
        if (count != 0)
            complain(of, {"a builtin has no state of its own, but this has ", count, " ", what,
                          "; keep it in the host data instead"});
    }

    // Names.

    void register_names(names& mine) {
        const auto& of = *mine.of;
        for (std::size_t number = 0; number < of.code.functions.size(); ++number) {
            const auto& name = of.code.functions[number].name;
            if (!mine.functions.add(name, number))
                complain(of, {"there are two functions %", name});
            mine.in_program.push_back(palimpsest::detail::concatenate({of.name, "//", name}));
        }
        for (std::size_t number = 0; number < of.imports.size(); ++number)
            if (const auto* one = std::get_if<imported_function>(&of.imports[number].what)) {
                mine.imports.add(one->local, number);
            } else {
                mine.imported[static_cast<std::size_t>(kind_of(of.imports[number])) - 1].push_back(
                    number);
            }
        for (const auto& one : of.exports) register_export(mine, one);
        if (of.exports.empty())
            for (const auto& one : of.code.functions)
                register_export(mine, {one.name, exported_function{one.name, {}}});
        for (std::size_t number = 0; number < of.imports.size(); ++number) check_name(mine, number);
    }
    void check_name(const names& mine, std::size_t number) {
        const auto& one = mine.of->imports[number];
        if (!is_name(one.module) || one.module.find('/') != std::string::npos || !is_name(one.name))
            complain(*mine.of, {"the import '", one.module, "/", one.name,
                                "' is no name of a module and one that it can export"});
        const auto* const function = std::get_if<imported_function>(&one.what);
        if (function != nullptr && mine.imports.find(function->local) != number)
            complain(*mine.of, {"it imports two functions as %", function->local});
    }
    /// Not empty and without a slash in front, so that no name in the program is that of another
    /// module's private function.
    static bool is_name(std::string_view name) { return !name.empty() && name[0] != '/'; }

    void register_export(names& mine, const export_& as) {
        const auto& of = *mine.of;
        const auto* const function = std::get_if<exported_function>(&as.what);
        const auto own = function ? mine.functions.find(function->function) : std::nullopt;
        if (function != nullptr && !own && !may_pass_on(mine, function->function)) return;
        if (const auto* other = std::get_if<exported_entity>(&as.what))
            if (!has(mine, *other))
                return complain(of, {"it exports ", name(other->kind), " ", other->number,
                                     ", which it does not have"});
        if (!is_name(as.name))
            return complain(of, {"an exported name is not empty, and does not begin with a slash"});
        if (!mine.exports.add(as.name, mine.exported.size()))
            return complain(
                of, {"it exports two ", function ? "functions" : "entities", " as ", as.name});
        mine.exported.push_back(as);
        if (!own) return;
        // The function goes by its first name in the program.
        auto& known = mine.in_program[*own];
        if (known.compare(of.name.size(), 2, "//") == 0)
            known = palimpsest::detail::concatenate({of.name, "/", as.name});
    }
    /// Whether the module may export a function that it imports. An intrinsic that a builtin passed
    /// on would be any guest's.
    bool may_pass_on(const names& mine, std::string_view function) {
        const auto imported = mine.imports.find(function);
        if (!imported) {
            complain(*mine.of, {"it exports %", function, ", which it does not have"});
        } else if (const auto& one = mine.of->imports[*imported]; are_intrinsics(one.module)) {
            complain(*mine.of,
                     {"it exports the intrinsic ", one.name, ", which only builtins call"});
            return false;
        }
        return imported.has_value();
    }
    static bool has(const names& mine, const exported_entity& which) {
        return which.kind != entity_kind::function &&
               which.number < mine.imported_of(which.kind).size() + mine.own(which.kind);
    }

    /// Follows an import through the modules that only pass it on.
    found follow(std::string_view module, std::string_view name) {
        found at{.module = module, .name = name};
        for (std::size_t steps = 0; steps <= imports_in_all_; ++steps) {
            const auto number = module_numbers_.find(at.module);
            if (!number) return at;
            const auto& theirs = known_[*number];
            const auto as = theirs.exports.find(at.name);
            if (!as) return at;
            const auto& exported = theirs.exported[*as].what;
            const import* passed_on = nullptr;
            if (const auto* function = std::get_if<exported_function>(&exported)) {
                at.kind = entity_kind::function;
                at.type = &function->type;
                if (const auto own = theirs.functions.find(function->function))
                    return at.in = &theirs, at.number = *own, at;
                passed_on = &theirs.of->imports[*theirs.imports.find(function->function)];
            } else {
                const auto& which = *std::get_if<exported_entity>(&exported);
                const auto& imported = theirs.imported_of(which.kind);
                at.kind = which.kind;
                at.number = which.number - imported.size();
                if (which.number >= imported.size()) return at.in = &theirs, at;
                passed_on = &theirs.of->imports[imported[which.number]];
            }
            at.module = passed_on->module;
            at.name = passed_on->name;
        }
        at.is_circle = true;
        return at;
    }

    /// Checks the imports that nobody calls too.
    void check_imports(const names& mine) {
        for (const auto& one : mine.of->imports) {
            if (are_intrinsics(one.module)) {
                check_intrinsic(mine, one);
                continue;
            }
            const auto at = follow(one.module, one.name);
            if (at.is_circle)
                complain_of(mine, one, {" is passed on in a circle, and no module defines it"});
            else if (at.in == nullptr && options_.closed)
                complain(*mine.of, {"nobody provides the import ", one.module, "/", one.name,
                                    ", and linking is closed"});
            else if (at.in != nullptr)
                check_type(mine, one, at);
        }
    }
    [[gnu::cold, gnu::noinline]] void complain_of(
        const names& mine, const import& one,
        std::initializer_list<palimpsest::detail::text_part> what) {
        complain(*mine.of,
                 {"the import ", one.module, "/", one.name, palimpsest::detail::concatenate(what)});
    }
    void check_intrinsic(const names& mine, const import& one) {
        if (std::holds_alternative<imported_function>(one.what))
            intrinsic_number(*mine.of, one.name);
        else
            complain_of(mine, one,
                        {" is a ", name(kind_of(one)), ", but intrinsics are functions"});
    }
    /// Compares the wasm types, where both sides have one. How a function is called is compared in
    /// the types of the IR, at each place that declares it.
    void check_type(const names& mine, const import& one, const found& at) {
        const auto wanted = kind_of(one);
        if (wanted != at.kind)
            return complain_of(
                mine, one, {" is a ", name(wanted), ", but what is exported is a ", name(at.kind)});
        if (wanted != entity_kind::function) {
            const auto exported = at.in->own_type(wanted, at.number);
            if (!satisfies(exported, type_of(one)))
                complain_of(mine, one,
                            {" is ", text<Tag>(type_of(one)), ", but what is exported is ",
                             text<Tag>(exported)});
            return;
        }
        const auto& type = std::get_if<imported_function>(&one.what)->type;
        if (type && *at.type && *type != **at.type)
            complain_of(mine, one,
                        {" is a function ", text<Tag>(*type),
                         ", but what is exported is a function ", text<Tag>(**at.type)});
    }

    // Memories, tables and globals.

    static constexpr entity_kind stored_kinds[] = {entity_kind::memory, entity_kind::table,
                                                   entity_kind::global};

    static std::vector<entity_ref>& refs_of(module_entities& of, entity_kind kind) noexcept {
        if (kind == entity_kind::memory) return of.memories;
        return kind == entity_kind::table ? of.tables : of.globals;
    }

    void add_own_entities(names& mine) {
        const auto module = static_cast<std::uint32_t>(&mine - known_.data());
        for (const auto kind : stored_kinds) {
            mine.first_own[static_cast<std::size_t>(kind) - 1] = made_.entities.size();
            for (std::size_t number = 0; number < mine.own(kind); ++number)
                made_.entities.push_back({module, number, mine.own_type(kind, number)});
        }
    }
    void resolve_entities(const names& mine) {
        auto& refs = made_.modules.emplace_back();
        for (const auto kind : stored_kinds) {
            auto& of_kind = refs_of(refs, kind);
            for (const auto number : mine.imported_of(kind))
                of_kind.push_back(entity_of(mine.of->imports[number]));
            for (std::size_t number = 0; number < mine.own(kind); ++number)
                of_kind.push_back({false, mine.first_own_of(kind) + number});
        }
    }
    entity_ref entity_of(const import& one) {
        const auto at = follow(one.module, one.name);
        if (at.in != nullptr) {
            if (at.kind != kind_of(one)) return {};  // which is complained of already
            return {false, at.in->first_own_of(at.kind) + at.number};
        }
        const open_entity open{palimpsest::detail::concatenate({at.module, "/", at.name}),
                               type_of(one)};
        for (std::size_t number = 0; number < made_.open_entities.size(); ++number)
            if (made_.open_entities[number] == open) return {true, number};
        made_.open_entities.push_back(open);
        return {true, made_.open_entities.size() - 1};
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
            add(std::move(copy), static_cast<std::size_t>(&mine - known_.data()), is_builtin);
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
        if (are_intrinsics(from)) return intrinsic(*mine.of, name);
        const auto at = follow(from, name);
        if (at.in == nullptr)
            return open(mine, palimpsest::detail::concatenate({at.module, "/", at.name}), as);
        if (at.kind == entity_kind::function) return own_function(*at.in, at.number);
        complain(*mine.of, {"it calls ", from, "/", name, ", which is a ", linking::name(at.kind)});
        return {};
    }
    static target own_function(const names& in, std::size_t number) {
        return {in.in_program[number], &in.of->code.functions[number].signature};
    }
    /// Purposes count: a function that takes a vmctx relies on getting one, and not a number of the
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

    /// Notes an import that no module provides.
    target open(const names& mine, std::string name, const ir::signature& as) {
        if (options_.closed)
            complain(*mine.of,
                     {"nobody provides the import ", name, text_of(as), ", and linking is closed"});
        if (find_reserved(name) != nullptr)
            complain(*mine.of, {"it refers to a function ", name, ", the name of the host's data"});
        if (name.find("//") != std::string::npos)
            complain(*mine.of, {"the import ", name, " has a name that begins with a slash"});
        if (!is_noted(name, as)) {
            open_numbers_.add(name, made_.open_functions.size());
            made_.open_functions.push_back({name, as});
        }
        return {std::move(name), nullptr};
    }
    bool is_noted(std::string_view name, const ir::signature& as) const {
        auto number = open_numbers_.find(name);
        if (!number) return false;
        for (; *number < made_.open_functions.size(); ++*number)
            if (const auto& one = made_.open_functions[*number];
                one.name == name && one.signature == as)
                return true;
        return false;
    }
    /// Refuses a builtin that takes the address of an open import: the embedder may bind that to
    /// anything, memory too.
    void check_addresses(const module& of, const ir::function& in) {
        for (const auto block : in.blocks())
            for (const auto which : in.instructions(block)) {
                if (ir::describe(in[which].code).shape != ir::format::function) continue;
                const auto& callee = in.functions[in[which].as<ir::function_ref>()];
                if (open_numbers_.find(callee.name))
                    complain(of,
                             {"a builtin has no state of its own, but %", in.name,
                              " takes the address of ", callee.name, ", which nobody provides"});
            }
    }

    // Intrinsics.

    std::optional<std::size_t> intrinsic_number(const module& in, std::string_view name) {
        if (in.kind != module_kind::builtin)
            complain(in, {"it imports the intrinsic ", name,
                          ", which reads and writes host memory: only builtins may, and this is a "
                          "guest"});
        const auto number = intrinsic_numbers_.find(name);
        if (!number)
            complain(in, {"there is no intrinsic ", name, "; there are ", intrinsic_names()});
        return number;
    }
    target intrinsic(const module& in, std::string_view name) {
        const auto number = intrinsic_number(in, name);
        if (!number) return {};
        is_called_[*number] = 1;
        return {palimpsest::detail::concatenate({intrinsics_->name, "/", name}),
                &intrinsics_->code.functions[*number].signature};
    }
    [[gnu::cold, gnu::noinline]] std::string intrinsic_names() const {
        std::string made;
        for (const auto& one : intrinsics_->code.functions)
            made.append(made.empty() ? "" : ", ").append(one.name);
        return made;
    }
    /// Adds the intrinsics that are called, as functions of a module behind all others.
    void add_intrinsics() {
        for (const auto number : intrinsic_numbers_.in_order()) {
            if (is_called_[number] == 0) continue;
            auto copy = intrinsics_->code.functions[number];
            copy.name = palimpsest::detail::concatenate({intrinsics_->name, "/", copy.name});
            add(std::move(copy), modules_.size(), true);
        }
    }

    // Exports.

    void list_exports() {
        palimpsest::detail::name_table by_name;
        std::vector<program_export> all;
        for (const auto& one : known_)
            for (const auto& as : one.exported) {
                all.push_back(export_of(one, as));
                by_name.add(all.back().name, all.size() - 1);
            }
        for (const auto number : by_name.in_order())
            made_.exports.push_back(std::move(all[number]));
    }
    program_export export_of(const module_names& mine, const export_& as) {
        program_export made;
        made.name = palimpsest::detail::concatenate({mine.of->name, "/", as.name});
        if (const auto* other = std::get_if<exported_entity>(&as.what)) {
            auto& refs = made_.modules[static_cast<std::size_t>(&mine - known_.data())];
            made.kind = other->kind;
            made.entity = refs_of(refs, other->kind)[other->number];
        } else if (const auto at = follow(mine.of->name, as.name); at.in != nullptr) {
            made.function = at.in->in_program[at.number];
            made.type = *at.type;
        } else {
            made.function = palimpsest::detail::concatenate({at.module, "/", at.name});
            made.type = std::get_if<exported_function>(&as.what)->type;
        }
        return made;
    }
    void mark_roots() {
        if (options_.roots.empty())
            for (const auto& one : made_.exports)
                if (one.kind == entity_kind::function && is_guests(one.name))
                    mark_root(one.function);
        for (const auto& root : options_.roots) {
            const auto* const one = made_.find_export(root);
            if (one == nullptr)
                problems_.push_back(palimpsest::detail::concatenate(
                    {"the root ", root, " is exported by no module"}));
            else if (one->kind != entity_kind::function)
                problems_.push_back(palimpsest::detail::concatenate(
                    {"the root ", root, " is no function, but a ", name(one->kind)}));
            else
                mark_root(one->function);
        }
    }
    bool is_guests(std::string_view exported) const {
        const auto module = module_numbers_.find(exported.substr(0, exported.find('/')));
        return modules_[*module].kind == module_kind::guest;
    }
    /// An open import that is exported is no function of the program, and needs no mark.
    void mark_root(std::string_view function) {
        if (const auto number = numbers_.find(function)) made_.facts[*number].is_private = false;
    }

    std::span<const module> modules_;
    const link_options& options_;
    const module* intrinsics_;
    palimpsest::detail::name_table intrinsic_numbers_;
    std::vector<char> is_called_;  // of intrinsics
    std::vector<reserved_symbol> reserved_;
    palimpsest::detail::name_table module_numbers_;
    palimpsest::detail::dependent<std::vector<module_names>, Tag> known_;
    std::size_t imports_in_all_ = 0;
    palimpsest::detail::name_table numbers_;       // of the functions in the program
    palimpsest::detail::name_table open_numbers_;  // the first open function of the name
    program made_;
    std::vector<std::string> problems_;
};
using linker = basic_linker<>;

}  // namespace detail

/// Joins modules into one program. Throws link_error, which names all that is wrong: malformed
/// code, names that are there twice or not at all, an import whose type differs from that of what
/// is exported (both are said), a guest that imports an intrinsic, a builtin with state. Wasm types
/// are compared where both sides have one, and agree as the WebAssembly specification has it; in
/// the IR, functions agree when types, calling convention and purposes of parameters do. Symbols
/// keep their names: two modules that use one name mean one symbol.
template <class = void>
inline program link(std::span<const module> modules, const link_options& options = {}) {
    return detail::linker(modules, options).link();
}

}  // namespace palimpsest::linking
