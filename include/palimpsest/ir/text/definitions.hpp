// SPDX-License-Identifier: Apache-2.0
// The values and blocks of a function that is being read: those that are defined, and those that
// were used before their definition.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/text/numbering.hpp>
#include <palimpsest/ir/text/token_stream.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::ir::text {

/// Reads the names of values and blocks, and keeps account of definitions and uses. Its members
/// throw text::error.
template <class Tag = void>
class basic_definitions {
  public:
    /// A value as it is named in the text.
    struct name {
        value of;
        location where;
    };

    basic_definitions(token_stream& tokens, function_numbering& numbers, function& into) noexcept
        : in_(tokens), numbers_(numbers), made_(into) {}

    /// Reads the name of a value that is to be defined: see new_value().
    name read_name() {
        const auto where = in_.where();
        return {read_entity<value>("a value, such as v0"), where};
    }
    /// The value of a name, which must not be defined yet.
    value new_value(const name& named) {
        if (is_defined(named.of)) fail(named.of, named.where, " is defined a second time");
        return named.of;
    }
    bool is_defined(value which) const noexcept {
        return which.index() < made_.value_count() && made_[which].is != value_data::kind::unused;
    }
    /// Reads the name of a value that is used. It may be defined later.
    value read_value() {
        const auto used = read_name();
        if (!is_defined(used.of)) uses_.push_back(used);
        return used.of;
    }

    /// Reads the name of a block that begins here, and places it at the end.
    block read_new_block() {
        const auto where = in_.where();
        const auto made = read_entity<block>("a block, such as block0:");
        made_.reserve_block(made);
        if (made_.is_placed(made)) fail(made, where, " is defined a second time");
        made_.place_at_end(made);
        return made;
    }
    /// Reads the name of a block to branch to. It may be defined later.
    block read_block() {
        const auto where = in_.where();
        const auto made = read_entity<block>("a block, such as block1");
        made_.reserve_block(made);
        if (!made_.is_placed(made)) block_uses_.push_back({made, where});
        return made;
    }

    /// Throws text::error unless all that was used was defined in the end.
    void require_all() const {
        for (const auto& [which, where] : uses_)
            if (!is_defined(which)) fail(which, where, " is not defined in this function");
        for (const auto& [which, where] : block_uses_)
            if (!made_.is_placed(which)) fail(which, where, " is not defined in this function");
    }

  private:
    struct block_use {
        block of;
        location where;
    };

    template <class Entity>
    Entity read_entity(std::string_view expected) {
        const auto number = in_.numbered(Entity::kind::prefix);
        if (!number) in_.fail(expected);
        if (*number >= most_entities)
            in_.fail_at(in_.where(), std::string(in_.peek().text) + ": numbers are less than " +
                                         std::to_string(most_entities));
        in_.take();
        return numbers_.of<Entity>().entity_of(*number);
    }
    template <class Entity>
    [[noreturn]] void fail(Entity of, location where, const char* what) const {
        in_.fail_at(where, Entity::kind::prefix +
                               std::to_string(numbers_.of<Entity>().number_of(of)) + what);
    }

    token_stream& in_;
    function_numbering& numbers_;
    function& made_;
    palimpsest::detail::dependent<std::vector<name>, Tag>
        uses_;  // of values before their definition
    palimpsest::detail::dependent<std::vector<block_use>, Tag>
        block_uses_;  // of blocks before their definition
};
using definitions = basic_definitions<>;

}  // namespace palimpsest::ir::text
