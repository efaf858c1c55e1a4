// SPDX-License-Identifier: Apache-2.0
// What a module of intrinsics keeps for builtins: its name, its functions, and the symbols that its
// code refers to.
#pragma once

#include <cstddef>
#include <optional>
#include <palimpsest/detail/name_table.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/light_vector.hpp>
#include <palimpsest/link/module.hpp>
#include <string>
#include <string_view>

namespace palimpsest::linking::detail {

/// The names of a module of intrinsics; no names if it is null.
template <class Tag = void>
class basic_intrinsic_names {
  public:
    explicit basic_intrinsic_names(const module* of) : of_(of) {
        if (of_ == nullptr) return;
        for (std::size_t number = 0; number < of_->code.functions.size(); ++number) {
            const auto& one = of_->code.functions[number];
            numbers_.add(one.name, number);
            for (const auto& global : one.globals)
                if (global.is == ir::global_data::kind::symbol)
                    reserved_.push_back({global.symbol, one.name});
        }
    }

    /// Whether this is the name of the module.
    bool are_of(std::string_view module) const noexcept {
        return of_ != nullptr && module == of_->name;
    }
    std::optional<std::size_t> find(std::string_view name) const { return numbers_.find(name); }
    const ir::function& operator[](std::size_t number) const noexcept {
        return of_->code.functions[number];
    }
    /// The name of the intrinsic that returns the address of a symbol; nothing if the symbol is
    /// not reserved.
    std::optional<std::string_view> reserving(std::string_view symbol) const noexcept {
        for (const auto& one : reserved_)
            if (one.symbol == symbol) return one.intrinsic;
        return std::nullopt;
    }
    /// All names, for a message.
    [[gnu::cold, gnu::noinline]] std::string list() const {
        std::string made;
        for (const auto& one : of_->code.functions)
            made.append(made.empty() ? "" : ", ").append(one.name);
        return made;
    }

  private:
    struct reserved_symbol {
        std::string_view symbol;
        std::string_view intrinsic;
    };

    const module* of_;
    palimpsest::detail::basic_name_table<Tag> numbers_;
    light_vector<reserved_symbol> reserved_;
};
using intrinsic_names = basic_intrinsic_names<>;

}  // namespace palimpsest::linking::detail
