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

enum class module_kind : std::uint8_t {
    guest,   // compiled from what somebody else wrote
    builtin  // the embedder's own: may call intrinsics, and must have no state
};

/// A function that the module calls by the name `local`, and another module exports.
struct import {
    std::string local;
    std::string module;
    std::string name;
};
/// A function of the module, and what others call it.
struct export_ {
    std::string function;
    std::string name;
};

/// What an instance of the module has of its own, beside its functions.
struct module_state {
    std::size_t memories = 0;
    std::size_t tables = 0;
    std::size_t globals = 0;
};

/// A function of the code is called by its name. A name that no function of it has, of the form
/// "module/name", is an import from another module without being listed in `imports`. Names of
/// modules have no slash, exported names do not begin with one.
struct module {
    std::string name;
    module_kind kind = module_kind::guest;
    ir::module code{};
    std::vector<import> imports{};
    std::vector<export_> exports{};  // empty: every function, by its own name
    module_state state{};

    /// Throws ir::text::error.
    template <class = void>
    static module guest(std::string name, std::string_view clif) {
        return {std::move(name), module_kind::guest, ir::text::read_module(clif)};
    }
    /// Throws ir::text::error.
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
