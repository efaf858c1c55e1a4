// SPDX-License-Identifier: Apache-2.0
// The modules being linked, by name: what each calls its functions, what it exports, and where an
// import leads.
#pragma once

#include <cstddef>
#include <optional>
#include <palimpsest/detail/concatenate.hpp>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/detail/name_table.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/light_vector.hpp>
#include <palimpsest/link/detail/intrinsic_names.hpp>
#include <palimpsest/link/detail/module_names.hpp>
#include <palimpsest/link/detail/problems.hpp>
#include <palimpsest/link/module.hpp>
#include <palimpsest/link/wasm_type.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::linking::detail {

/// The modules being linked. Records in `wrong` what is wrong with their names, imports and
/// exports.
template <class Tag = void>
class basic_known_modules {
    using names = module_names;
    using found = found_export;

  public:
    /// `count` modules will be added.
    basic_known_modules(std::size_t count, const intrinsic_names& intrinsics, problems& wrong)
        : intrinsics_(intrinsics), wrong_(wrong), known_(count) {}

    const std::vector<module_names>& all() const noexcept { return known_; }
    std::vector<module_names>& all() noexcept { return known_; }
    std::size_t number_of(const module_names& one) const noexcept {
        return static_cast<std::size_t>(&one - known_.data());
    }

    /// The module with a name; null if there is none.
    module_names* find(std::string_view name) {
        const auto number = module_numbers_.find(name);
        return number ? &known_[*number] : nullptr;
    }

    void check_module_name(const module& of) {
        if (of.name.empty() || of.name.find('/') != std::string::npos)
            complain(of, {"a module's name is not empty, and has no slash"});
    }
    /// Adds a module, before any of the functions below is called.
    void add(const module& of) {
        check_module_name(of);
        if (intrinsics_.are_of(of.name))
            complain(of, {"this name is that of the library's own; choose another one"});
        if (!module_numbers_.add(of.name, added_))
            complain(of, {"there are two modules of this name"});
        known_[added_++].of = &of;
    }
    /// Records what a module calls its functions and what it exports.
    void register_names(names& mine) {
        const auto& of = *mine.of;
        for (std::size_t number = 0; number < of.code.functions.size(); ++number) {
            const auto& name = of.code.functions[number].name;
            if (!mine.functions.add(name, number))
                complain(of, {"there are two functions %", name});
            mine.in_program.push_back(palimpsest::detail::concatenate({of.name, "//", name}));
        }
        for (std::size_t number = 0; number < of.imports.size(); ++number) {
            const auto& one = of.imports[number];
            if (one.type.kind == entity_kind::function)
                mine.imports.add(one.local, number);
            else
                mine.entities_of(one.type.kind).push_back({true, number});
        }
        for (std::size_t number = 0; number < of.state.size(); ++number)
            mine.entities_of(of.state[number].kind).push_back({false, number});
        for (const auto& one : of.exports) register_export(mine, one);
        if (of.exports.empty())
            for (std::size_t number = 0; number < of.code.functions.size(); ++number)
                add_export(mine, {of.code.functions[number].name, &untyped_, {false, number}});
        for (std::size_t number = 0; number < of.imports.size(); ++number) check_name(mine, number);
    }

    /// Checks the imports of a module, including those that nobody calls.
    void check_imports(const names& mine, bool is_closed) {
        for (const auto& one : mine.of->imports) {
            if (intrinsics_.are_of(one.module)) {
                check_intrinsic(mine, one);
                continue;
            }
            const auto at = follow(one.module, one.name);
            if (at.is_circle)
                complain_of(mine, one, {" is passed on in a circle, and no module defines it"});
            else if (at.in == nullptr && is_closed)
                complain(*mine.of, {"nobody provides the import ", one.module, "/", one.name,
                                    ", and linking is closed"});
            else if (at.type != nullptr)
                check_type(mine, one, at);
        }
    }

    /// Follows an import through the modules that only pass it on.
    found_export follow(std::string_view module, std::string_view name) {
        found at{.module = module, .name = name};
        light_vector<passed_export> passed;
        for (;;) {
            auto* const theirs = find(at.module);
            const auto number = theirs ? theirs->exports.find(at.name) : std::nullopt;
            if (!number) break;
            auto& as = theirs->exported[*number];
            if (as.followed == known_export::state::known) {
                at = as.end;
                break;
            }
            at.is_circle = as.followed == known_export::state::on_the_way;
            if (at.is_circle) break;
            as.followed = known_export::state::on_the_way;
            passed.push_back({&as});
            at.type = as.type;
            if (!as.entity.is_imported) {
                at.in = theirs;
                at.number = as.entity.number;
                break;
            }
            const auto& passed_on = theirs->of->imports[as.entity.number];
            at.module = passed_on.module;
            at.name = passed_on.name;
        }
        for (const auto& one : passed) {
            one.as->end = at;
            one.as->followed = known_export::state::known;
        }
        return at;
    }

    /// The number of an intrinsic that the module `in` names; nothing if there is none. Reports
    /// that, and a guest that names one.
    std::optional<std::size_t> intrinsic_number(const module& in, std::string_view name) {
        if (in.kind != module_kind::builtin)
            complain(in, {"it imports the intrinsic ", name,
                          ", which reads and writes host memory: only builtins may, and this is a "
                          "guest"});
        const auto number = intrinsics_.find(name);
        if (!number)
            complain(in, {"there is no intrinsic ", name, "; there are ", intrinsics_.list()});
        return number;
    }

  private:
    struct passed_export {
        known_export* as;
    };

    void complain(const module& of, problems::parts what) { wrong_.add(of.name, what); }
    [[gnu::cold, gnu::noinline]] void complain_of(const names& mine, const import& one,
                                                  problems::parts what) {
        complain(*mine.of,
                 {"the import ", one.module, "/", one.name, palimpsest::detail::concatenate(what)});
    }

    void check_name(const names& mine, std::size_t number) {
        const auto& one = mine.of->imports[number];
        if (!is_name(one.module) || one.module.find('/') != std::string::npos || !is_name(one.name))
            complain(*mine.of, {"the import '", one.module, "/", one.name,
                                "' is no name of a module and one that it can export"});
        if (one.type.kind == entity_kind::function && mine.imports.find(one.local) != number)
            complain(*mine.of, {"it imports two functions as %", one.local});
    }
    /// Not empty and without a leading slash, so that no name in the program is that of another
    /// module's private function.
    static bool is_name(std::string_view name) { return !name.empty() && name[0] != '/'; }

    void register_export(names& mine, const export_& as) {
        if (as.type.kind == entity_kind::function) return register_function(mine, as);
        const auto& all = mine.entities_of(as.type.kind);
        if (as.number >= all.size())
            return complain(*mine.of, {"it exports ", name(as.type.kind), " ", as.number,
                                       ", which it does not have"});
        const auto which = all[as.number];
        const auto& type =
            which.is_imported ? mine.of->imports[which.number].type : mine.of->state[which.number];
        add_export(mine, {as.name, &type, which});
    }
    void register_function(names& mine, const export_& as) {
        auto number = mine.functions.find(as.function);
        const bool is_imported = !number;
        if (is_imported) number = passed_on(mine, as.function);
        if (number) add_export(mine, {as.name, &as.type, {is_imported, *number}});
    }
    void add_export(names& mine, const known_export& as) {
        const auto& of = *mine.of;
        const bool is_function = as.type->kind == entity_kind::function;
        if (!is_name(as.name))
            return complain(of, {"an exported name is not empty, and does not begin with a slash"});
        if (!mine.exports.add(as.name, mine.exported.size()))
            return complain(
                of, {"it exports two ", is_function ? "functions" : "entities", " as ", as.name});
        mine.exported.push_back(as);
        if (!is_function || as.entity.is_imported) return;
        // The function goes by its first name in the program.
        auto& known = mine.in_program[as.entity.number];
        if (known.compare(of.name.size(), 2, "//") == 0)
            known = palimpsest::detail::concatenate({of.name, "/", as.name});
    }
    /// The import that the module exports as its own function; nothing if it may not. If a builtin
    /// passed an intrinsic on, any guest could use it.
    std::optional<std::size_t> passed_on(const names& mine, std::string_view function) {
        const auto imported = mine.imports.find(function);
        if (!imported) {
            complain(*mine.of, {"it exports %", function, ", which it does not have"});
            return std::nullopt;
        }
        const auto& one = mine.of->imports[*imported];
        if (!intrinsics_.are_of(one.module)) return imported;
        complain(*mine.of, {"it exports the intrinsic ", one.name, ", which only builtins call"});
        return std::nullopt;
    }

    void check_intrinsic(const names& mine, const import& one) {
        if (one.type.kind == entity_kind::function)
            intrinsic_number(*mine.of, one.name);
        else
            complain_of(mine, one,
                        {" is a ", name(one.type.kind), ", but intrinsics are functions"});
    }
    /// Compares the wasm types, if both sides have one. How a function is called is compared in IR
    /// types, at each place that declares it.
    void check_type(const names& mine, const import& one, const found& at) {
        const auto& exported = *at.type;
        const bool fits = at.in != nullptr ? satisfies<Tag>(exported, one.type)
                                           : may_satisfy<Tag>(exported, one.type);
        if (!fits)
            complain_of(
                mine, one,
                {" is ", text<Tag>(one.type), ", but what is exported is ", text<Tag>(exported)});
    }

    const intrinsic_names& intrinsics_;
    problems& wrong_;
    palimpsest::detail::basic_name_table<Tag> module_numbers_;
    palimpsest::detail::dependent<std::vector<module_names>, Tag> known_;
    entity_type untyped_{};  // of functions exported without being listed
    std::size_t added_ = 0;
};
using known_modules = basic_known_modules<>;

}  // namespace palimpsest::linking::detail
