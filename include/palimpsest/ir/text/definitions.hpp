// SPDX-License-Identifier: Apache-2.0
// The values and blocks of a function being read: those that are defined, and those that were used
// before their definition.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/text/numbering.hpp>
#include <palimpsest/ir/text/token_stream.hpp>
#include <palimpsest/light_vector.hpp>

namespace palimpsest::ir::text {

/// Reads the names of values and blocks, and keeps track of definitions and uses. Its members throw
/// text::error.
template <class = void>
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
        return {value(read_place(numbered_kind::value, "a value, such as v0")), where};
    }
    /// The value of a name, which must not be defined yet.
    value new_value(const name& named) {
        if (is_defined(named.of)) fail_twice({numbered_kind::value, named.of.index(), named.where});
        return named.of;
    }
    [[gnu::noinline]] bool is_defined(value which) const noexcept {
        return which.index() < made_.value_count() && made_[which].is != value_data::kind::unused;
    }
    /// Reads the name of a value that is used. It may be defined later.
    value read_value() {
        const auto used = read_name();
        if (!is_defined(used.of))
            uses_.push_back({numbered_kind::value, used.of.index(), used.where});
        return used.of;
    }

    /// Reads the name of a block that begins here, and places it at the end.
    block read_new_block() {
        const auto where = in_.where();
        const auto made = read_block_name("a block, such as block0:");
        if (made_.is_placed(made)) fail_twice({numbered_kind::block, made.index(), where});
        made_.place_at_end(made);
        return made;
    }
    /// Reads the name of a block to branch to. It may be defined later.
    block read_block() {
        const auto where = in_.where();
        const auto made = read_block_name("a block, such as block1");
        if (!made_.is_placed(made)) uses_.push_back({numbered_kind::block, made.index(), where});
        return made;
    }

    /// Throws text::error unless everything used was eventually defined. If both values and blocks
    /// are missing, the error is about a value.
    void require_all() const {
        for (const auto kind : {numbered_kind::value, numbered_kind::block})
            for (const auto& one : uses_)
                if (one.kind == kind && !is_there(one))
                    fail(one, " is not defined in this function");
    }

  private:
    /// A value or a block as it is named in the text.
    struct use {
        numbered_kind kind;
        std::size_t place;
        location where;
    };

    bool is_there(const use& of) const noexcept {
        return of.kind == numbered_kind::value ? is_defined(value(of.place))
                                               : made_.is_placed(block(of.place));
    }
    block read_block_name(const char* expected) {
        const block made(read_place(numbered_kind::block, expected));
        made_.reserve_block(made);
        return made;
    }
    [[gnu::noinline]] std::size_t read_place(numbered_kind kind, const char* expected) {
        const auto number = in_.numbered(prefix_of(kind));
        if (!number) in_.fail({expected});
        if (*number >= most_entities)
            token_stream::fail_at(in_.where(),
                                  {in_.peek().text, ": numbers are less than ", most_entities});
        in_.take();
        return numbers_.of(kind).place_of(*number);
    }
    [[noreturn, gnu::noinline, gnu::cold]] void fail_twice(const use& of) const {
        fail(of, " is defined a second time");
    }
    [[noreturn, gnu::noinline, gnu::cold]] void fail(const use& of, const char* what) const {
        token_stream::fail_at(of.where,
                              {prefix_of(of.kind), numbers_.of(of.kind).number_of(of.place), what});
    }

    token_stream& in_;
    function_numbering& numbers_;
    function& made_;
    light_vector<use> uses_;  // before the definition
};
using definitions = basic_definitions<>;

}  // namespace palimpsest::ir::text
