// SPDX-License-Identifier: Apache-2.0
// Joins modules into one program: each import is bound to the function that another module exports
// by that name. Nothing is copied into another function here; that is the inliner's part.
//
//     guest       calls %"host-buf/get"            a builtin module's function
//     host-buf    calls %"intrinsics/u8-checked-load"    which only builtins may
//     program     guest/run, host-buf/get, intrinsics/u8-checked-load, calling each other
//
// In the program a function is called "module/exported name"; one that its module does not export,
// "module//name".
//
// Alias regions keep their numbers, which are the whole program's: modules that mean the same
// memory by a region give it the same number. When modules that know nothing of each other use one
// number for different memory, the program is still right, but the inliner's passes know less.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <palimpsest/builtin/intrinsics.hpp>
#include <palimpsest/builtin/link_error.hpp>
#include <palimpsest/builtin/module.hpp>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/inline/program.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/verifier.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace palimpsest::builtin {

/// Options of link(): whether all imports must be provided, and which functions are called from
/// outside of the program. By default imports may stay open, and all that guests export is kept.
struct link_options {
    /// Makes an import that no module provides an error. Choose it when nothing is bound at run
    /// time.
    bool closed = false;
    /// The functions that are called from outside, as "module/name"; when empty, all that guests
    /// export. Other functions are called by the program only, so that the inliner drops those that
    /// it leaves without callers.
    std::vector<std::string> roots{};
};

/// An import that no module provides: the program calls it by `name`, and the embedder may bind it
/// at run time.
struct open_import {
    std::string name;  // module/name
    ir::signature signature;

    friend bool operator==(const open_import&, const open_import&) = default;
};

/// The program that link() makes: its functions, open imports and exports. inlining::inliner takes
/// it as it is.
struct linked_program : inlining::program {
    std::vector<open_import> imports;  // in the order in which they are called
    /// The name in the program of each exported function, by "module/name". A function that is
    /// exported by two names goes by the first of them in the program.
    std::map<std::string, std::string> exports;
};

namespace detail {

/// Links modules, once.
template <class Tag = void>
class basic_linker {
  public:
    basic_linker(std::span<const module> modules, const link_options& options)
        : modules_(modules), options_(options) {}

    linked_program link() {
        for (const auto& one : modules_) check(one);
        stop_if_wrong();  // the next steps look functions up
        for (const auto& one : modules_) register_names(one);
        for (const auto& one : modules_) check_imports(one);
        for (std::size_t number = 0; number < modules_.size(); ++number) add_functions(number);
        add_intrinsics();
        mark_roots();
        list_exports();
        stop_if_wrong();
        return std::move(made_);
    }

  private:
    /// The function that a name leads to.
    struct target {
        std::string name;  // in the program
        const ir::signature* signature = nullptr;
    };
    template <class Data>
    using by_name = std::map<std::string, Data, std::less<>>;
    struct own_function {
        const ir::function* code = nullptr;
        std::string name;  // in the program
    };
    struct known_module {
        const module* of = nullptr;
        by_name<own_function> functions{};
        by_name<const own_function*> exports{};
        by_name<const import*> imports{};  // by the local name
    };

    void complain(const module& in, const std::string& what) {
        problems_.push_back("module '" + in.name + "': " + what);
    }
    void stop_if_wrong() {
        if (!problems_.empty()) throw link_error(std::move(problems_));
    }

    // Modules one by one.

    void check(const module& of) {
        if (of.name.empty() || of.name.find('/') != std::string::npos)
            complain(of, "a module's name is not empty, and has no slash");
        if (of.name == intrinsics_module)
            complain(of, "this name is that of the library's own; choose another one");
        if (!known_.try_emplace(of.name, known_module{&of}).second)
            complain(of, "there are two modules of this name");
        for (const auto& problem : ir::verify(of.code)) complain(of, problem.text);
        check_state(of);
    }
    void check_state(const module& of) {
        const bool is_builtin = of.kind == module_kind::builtin;
        const auto refuse = [&](std::size_t count, const char* what) {
            if (is_builtin && count != 0)
                complain(of, "a builtin has no state of its own, but this has " +
                                 std::to_string(count) + " " + what +
                                 "; keep it in the host data instead");
        };
        refuse(of.state.memories, "memories");
        refuse(of.state.tables, "tables");
        refuse(of.state.globals, "globals");
        for (const auto& function : of.code.functions)
            for (const auto& global : function.globals) {
                if (global.is != ir::global_data::kind::symbol) continue;
                if (is_builtin)
                    complain(of, "a builtin has no state of its own, but %" + function.name +
                                     " refers to the symbol %" + global.symbol +
                                     "; keep it in the host data instead");
                else if (global.symbol == host_data_symbol)
                    complain(of, "%" + function.name + " refers to the symbol %" + global.symbol +
                                     ", which is the host's; only builtins reach it, by the "
                                     "intrinsic host-data-address");
            }
    }

    // Names.

    void register_names(const module& of) {
        auto& mine = known_.find(of.name)->second;
        for (const auto& one : of.code.functions)
            if (!mine.functions.try_emplace(one.name, own_function{&one, of.name + "//" + one.name})
                     .second)
                complain(of, "there are two functions %" + one.name);
        for (const auto& one : of.exports) register_export(of, mine, one);
        if (of.exports.empty())
            for (const auto& one : of.code.functions)
                register_export(of, mine, {one.name, one.name});
        for (const auto& one : of.imports) {
            if (!is_name(one.module) || one.module.find('/') != std::string::npos ||
                !is_name(one.name))
                complain(of, "the import '" + one.module + "/" + one.name +
                                 "' is no name of a module and one that it can export");
            if (!mine.imports.try_emplace(one.local, &one).second)
                complain(of, "it imports two functions as %" + one.local);
        }
    }
    /// Checks the imports that nobody calls too.
    void check_imports(const module& of) {
        for (const auto& one : of.imports) {
            if (one.module == intrinsics_module) {
                check_intrinsic(of, one.name);
            } else if (options_.closed && find_export(one.module, one.name) == nullptr) {
                complain(of, "nobody provides the import " + one.module + "/" + one.name +
                                 ", and linking is closed");
            }
        }
    }
    const own_function* find_export(const std::string& from, const std::string& name) const {
        const auto theirs = known_.find(from);
        if (theirs == known_.end()) return nullptr;
        const auto found = theirs->second.exports.find(name);
        return found == theirs->second.exports.end() ? nullptr : found->second;
    }
    /// Not empty and without a slash in front, so that no name in the program is that of another
    /// module's private function.
    static bool is_name(const std::string& name) { return !name.empty() && name[0] != '/'; }

    void register_export(const module& of, known_module& mine, const export_& as) {
        const auto own = mine.functions.find(as.function);
        if (own == mine.functions.end())
            return complain(of, "it exports %" + as.function + ", which it does not have");
        if (!is_name(as.name))
            return complain(of, "an exported name is not empty, and does not begin with a slash");
        auto& exported = own->second;
        if (!mine.exports.try_emplace(as.name, &exported).second)
            return complain(of, "it exports two functions as " + as.name);
        // The function goes by its first name in the program.
        if (exported.name == of.name + "//" + as.function) exported.name = of.name + "/" + as.name;
    }

    target resolve(const module& in, const std::string& name, const ir::signature& as) {
        const auto& mine = known_.find(in.name)->second;
        if (const auto own = mine.functions.find(name); own != mine.functions.end())
            return target_of(own->second);
        if (const auto listed = mine.imports.find(name); listed != mine.imports.end())
            return resolve(in, listed->second->module, listed->second->name, as);
        const auto slash = name.find('/');
        if (slash == std::string::npos) return open(in, name, as);
        return resolve(in, name.substr(0, slash), name.substr(slash + 1), as);
    }
    target resolve(const module& in, const std::string& from, const std::string& name,
                   const ir::signature& as) {
        if (from == intrinsics_module) return intrinsic(in, name);
        if (const auto* const found = find_export(from, name)) return target_of(*found);
        return open(in, from + "/" + name, as);
    }
    static target target_of(const own_function& of) { return {of.name, &of.code->signature}; }

    /// Notes an import that no module provides.
    target open(const module& in, const std::string& name, const ir::signature& as) {
        if (options_.closed)
            complain(
                in, "nobody provides the import " + name + text_of(as) + ", and linking is closed");
        if (name == host_data_symbol)
            complain(in, "it refers to a function " + name + ", the name of the host's data");
        if (name.find("//") != std::string::npos)
            complain(in, "the import " + name + " has a name that begins with a slash");
        auto& known = open_[name];
        if (std::find(known.begin(), known.end(), as) == known.end()) {
            known.push_back(as);
            made_.imports.push_back({name, as});
        }
        return {name, nullptr};
    }
    bool check_intrinsic(const module& in, const std::string& name) {
        if (in.kind != module_kind::builtin)
            complain(in, "it imports the intrinsic " + name +
                             ", which reads and writes host memory: only builtins may, and this "
                             "is a guest");
        if (!is_intrinsic(name))
            complain(in, "there is no intrinsic " + name + "; there are " + intrinsic_names());
        return is_intrinsic(name);
    }
    target intrinsic(const module& in, const std::string& name) {
        if (!check_intrinsic(in, name)) return {};
        auto found = intrinsics_.find(name);
        if (found == intrinsics_.end())
            found = intrinsics_.emplace(name, *intrinsic_named(name)).first;
        return {found->second.name, &found->second.signature};
    }

    // Functions.

    void add_functions(std::size_t number) {
        const auto& of = modules_[number];
        const auto& mine = known_.find(of.name)->second;
        for (const auto& one : of.code.functions) {
            auto copy = one;
            copy.name = mine.functions.find(one.name)->second.name;
            for (auto& callee : copy.functions)
                if (!callee.is_left_out()) bind(of, one, callee, copy.signatures);
            if (of.kind == module_kind::builtin) check_addresses(of, copy);
            add(std::move(copy), number, of.kind == module_kind::builtin);
        }
    }
    /// Refuses a builtin that takes the address of an open import: the embedder may bind that to
    /// anything, memory too.
    void check_addresses(const module& of, const ir::function& in) {
        for (const auto block : in.blocks())
            for (const auto which : in.instructions(block)) {
                if (ir::describe(in[which].code).shape != ir::format::function) continue;
                const auto& callee = in.functions[in[which].as<ir::function_ref>()];
                if (open_.find(callee.name) != open_.end())
                    complain(of, "a builtin has no state of its own, but %" + in.name +
                                     " takes the address of " + callee.name +
                                     ", which nobody provides");
            }
    }
    void add(ir::function function, std::size_t number, bool is_builtin) {
        numbers_.emplace(function.name, made_.code.functions.size());
        made_.code.functions.push_back(std::move(function));
        inlining::function_facts facts;
        facts.module = static_cast<std::uint32_t>(number);
        facts.is_builtin = is_builtin;
        facts.is_private = true;  // until it is found to be a root
        made_.facts.push_back(facts);
    }
    void bind(const module& of, const ir::function& in, ir::function_ref_data& callee,
              const ir::entity_table<ir::signature_ref, ir::signature>& signatures) {
        const auto& as = signatures[callee.signature];
        const auto to = resolve(of, callee.name, as);
        if (to.signature != nullptr && !is_callable_as(*to.signature, as))
            complain(of, "%" + in.name + " calls " + callee.name + " as " + text_of(as) +
                             ", but it is " + text_of(*to.signature));
        callee.name = to.name;
    }
    /// Purposes count: a function that takes a vmctx relies on getting one, and not a number of the
    /// caller's choice.
    static bool is_callable_as(const ir::signature& its, const ir::signature& as) {
        if (!ir::same_types(its, as) || its.convention != as.convention) return false;
        for (std::size_t index = 0; index < as.parameters.size(); ++index)
            if (its.parameters[index].purpose != as.parameters[index].purpose) return false;
        return true;
    }
    static std::string text_of(const ir::signature& of) {
        std::string made;
        ir::text::printer(made).print(of);
        return made;
    }

    /// Adds the intrinsics that are called, as functions of a module behind all others.
    void add_intrinsics() {
        for (auto& [name, body] : intrinsics_) add(std::move(body), modules_.size(), true);
    }

    void list_exports() {
        for (const auto& [module, one] : known_)
            for (const auto& [as, function] : one.exports)
                made_.exports.emplace(module + "/" + as, function->name);
    }
    void mark_roots() {
        if (options_.roots.empty())
            for (const auto& [name, one] : known_)
                if (one.of->kind == module_kind::guest)
                    for (const auto& [as, function] : one.exports) mark_root(*function);
        for (const auto& root : options_.roots) {
            const auto slash = root.find('/');
            const auto* const function =
                slash == std::string::npos
                    ? nullptr
                    : find_export(root.substr(0, slash), root.substr(slash + 1));
            if (function != nullptr)
                mark_root(*function);
            else
                problems_.push_back("the root " + root + " is exported by no module");
        }
    }
    void mark_root(const own_function& which) {
        made_.facts[numbers_.find(which.name)->second].is_private = false;
    }

    std::span<const module> modules_;
    const link_options& options_;
    palimpsest::detail::dependent<by_name<known_module>, Tag> known_;
    palimpsest::detail::dependent<by_name<ir::function>, Tag> intrinsics_;
    palimpsest::detail::dependent<by_name<std::size_t>, Tag>
        numbers_;  // of the functions in the program
    palimpsest::detail::dependent<by_name<std::vector<ir::signature>>, Tag>
        open_;  // of imports that nobody provides
    linked_program made_;
    palimpsest::detail::dependent<std::vector<std::string>, Tag> problems_;
};
using linker = basic_linker<>;

}  // namespace detail

/// Joins modules into one program. Throws link_error, which names all that is wrong: malformed
/// code, names that are there twice or not at all, an import whose signature differs from the
/// function's (both are said), a guest that imports an intrinsic, a builtin with state. Signatures
/// agree when types, calling convention and purposes of parameters do. Symbols keep their names:
/// two modules that use one name mean one symbol.
template <class = void>
inline linked_program link(std::span<const module> modules, const link_options& options = {}) {
    return detail::linker(modules, options).link();
}

}  // namespace palimpsest::builtin
