// SPDX-License-Identifier: Apache-2.0
// Numbers by name. All tables of names are of this one type, so that a program has one copy of the
// machine code of a tree of strings.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/light_vector.hpp>
#include <string>
#include <string_view>

namespace palimpsest::detail {

/// Numbers by name. `Tag` keeps it from being compiled where nobody uses it.
template <class Tag = void>
class basic_name_table {
  public:
    /// Notes a name. False when the name has a number already, which it keeps.
    [[gnu::noinline]] bool add(std::string_view name, std::size_t number) {
        return numbers_.emplace(name, number).second;
    }
    /// The number of a name; nothing when the name is not known.
    [[gnu::noinline]] std::optional<std::size_t> find(std::string_view name) const {
        const auto found = numbers_.find(name);
        return found == numbers_.end() ? std::nullopt : std::optional(found->second);
    }
    /// The numbers, in the order of their names.
    [[gnu::noinline]] light_vector<std::size_t> in_order() const {
        light_vector<std::size_t> made;
        for (const auto& [name, number] : numbers_) made.push_back(number);
        return made;
    }

  private:
    dependent<std::map<std::string, std::size_t, std::less<>>, Tag> numbers_;
};
using name_table = basic_name_table<>;

}  // namespace palimpsest::detail
