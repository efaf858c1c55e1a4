// SPDX-License-Identifier: Apache-2.0
// The terms that make up declarations and instructions: names, types, signatures, numbers, memory
// flags, trap codes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/ir/condition.hpp>
#include <palimpsest/ir/memory_flags.hpp>
#include <palimpsest/ir/signature.hpp>
#include <palimpsest/ir/text/foreign_words.hpp>
#include <palimpsest/ir/text/number.hpp>
#include <palimpsest/ir/text/numbering.hpp>
#include <palimpsest/ir/text/token_stream.hpp>
#include <palimpsest/ir/trap_code.hpp>
#include <palimpsest/ir/type.hpp>
#include <span>
#include <string>
#include <string_view>

namespace palimpsest::ir::text {

/// Memory flags, and the other terms that may appear among them.
struct memory_terms {
    memory_flags flags;
    trap_code trap;
    bool has_trap = false;
    location region_at;  // where the region is named, if one is
};

/// Reads terms from tokens. Its members throw text::error.
template <class = void>
class basic_term_reader {
  public:
    basic_term_reader(token_stream& tokens, function_numbering& numbers) noexcept
        : in_(tokens), numbers_(numbers) {}

    /// Reads the name of a function, such as %name or u1:23, into an empty string.
    void read_function_name(const char* what, std::string& into) {
        const auto space = in_.numbered("u");
        if (!space) {
            into.append(in_.take_name(what));
            return;
        }
        constexpr std::uint64_t most = 0xffff'ffff;
        if (*space > most) in_.fail({what, " or u0:1, with numbers of 32 bits"});
        in_.take();
        in_.expect(":");
        into = palimpsest::detail::concatenate(
            {"u", *space, ":", in_.take_unsigned("a number", most)});
    }

    type read_type() {
        const auto where = in_.where();
        const auto word = in_.peek().is == token::kind::word ? in_.peek().text : std::string_view();
        if (const auto named = type_named(word)) {
            in_.take();
            return *named;
        }
        if (const auto feature = feature_of_type(word); !feature.empty())
            token_stream::refuse_at(where,
                                    {"the type ", word, " is not supported (", feature, ")"});
        in_.fail({"a type: i8, i16, i32, i64, f32 or f64"});
    }

    /// Reads a signature, such as (i32, i32) -> i32 fast, into an empty one.
    [[gnu::noinline]] void read_signature(signature& into) {
        in_.expect("(");
        if (!(in_.peek() == ")")) read_parameters(into.parameters);
        in_.expect(")");
        if (in_.take_if("->") && !(in_.peek() == "{")) read_parameters(into.results);
        if (in_.peek().is != token::kind::word) return;
        const auto word = in_.peek().text;
        if (const auto convention = place_of(word, calling_convention_names)) {
            in_.take();
            into.convention = static_cast<calling_convention>(*convention);
        } else if (is_among(word, foreign_conventions)) {
            token_stream::refuse_at(in_.where(),
                                    {"the calling convention ", word, " is not supported"});
        }
    }

    /// Reads an offset, such as +8 or -8; returns 0 if there is none.
    std::int64_t read_offset() {
        if (!in_.at_number() || (in_.peek().text[0] != '+' && in_.peek().text[0] != '-')) return 0;
        const auto bits = read_immediate(type::i64);
        return static_cast<std::int64_t>(bits);
    }
    /// Reads an integer of as many bits as the type has, and gives its bits.
    [[gnu::noinline]] std::uint64_t read_immediate(type as) {
        const auto where = in_.where();
        const auto number = read_integer(in_.take_number("an integer"), as);
        if (!number) token_stream::fail_at(where, {"expected an integer of ", bits(as), " bits"});
        return *number;
    }
    /// Reads a floating point number, and returns its bits.
    std::uint64_t read_float_bits(type as) {
        const auto where = in_.where();
        const auto number = read_float(in_.take_number("a floating point number"), as);
        if (!number)
            token_stream::fail_at(
                where, {"expected a floating point number, such as 0x1.8p3, +NaN or -Inf"});
        return *number;
    }

    /// Reads memory flags. The caller checks that a region among them is declared.
    [[gnu::noinline]] memory_terms read_flags() {
        memory_terms made;
        unsigned set = 0;
        alias_region region;
        for (; in_.peek().is == token::kind::word; in_.take()) {
            const auto word = in_.peek().text;
            if (const auto place = place_of(word, memory_flags::names)) {
                set |= 1U << *place;
            } else if (in_.numbered(kind::alias_region::prefix)) {
                if (region)
                    token_stream::fail_at(in_.where(),
                                          {"an access is in one alias region at most"});
                made.region_at = in_.where();
                region = alias_region(place_named(numbered_kind::region));
            } else if (const auto named = trap_code_named(word)) {
                made.trap = *named;
                made.has_trap = true;
            } else if (word != "checked") {
                break;
            }
            made.flags = memory_flags(set, region);
            if (!made.flags.is_consistent())
                token_stream::fail_at(in_.where(), {"two memory flags that exclude each other"});
        }
        return made;
    }
    trap_code read_trap_code() {
        const auto where = in_.where();
        const auto word = in_.take_word("a trap code, such as user1 or heap_oob");
        if (const auto code = trap_code_named(word)) return *code;
        token_stream::fail_at(
            where, {"there is no trap code ", word, "; the program's own are user1 to user239"});
    }

    /// Reads one of these names, and returns its index.
    std::uint8_t read_place(const char* what, std::span<const std::string_view> names) {
        const auto& now = in_.peek();
        const auto place = now.is == token::kind::word ? place_of(now.text, names) : std::nullopt;
        if (!place) in_.fail({what});
        in_.take();
        return *place;
    }

    // Entities that are declared before the first block.

    /// Reads the name of an entity, such as sig0, whether it is declared or not, and returns its
    /// place in the table of its kind.
    [[gnu::noinline]] std::size_t read_declared_name(numbered_kind kind) {
        if (!in_.numbered(prefix_of(kind))) in_.fail({prefix_of(kind), " and a number"});
        const auto place = place_named(kind);
        in_.take();
        return place;
    }
    [[noreturn, gnu::noinline, gnu::cold]] void fail_undeclared(location where, numbered_kind kind,
                                                                std::size_t place) const {
        token_stream::fail_at(where, {prefix_of(kind), numbers_.of(kind).number_of(place),
                                      " is not declared in this function"});
    }
    /// Throws if there is a fact: a claim about a value or a global, for proofs.
    void refuse_fact() const {
        if (in_.peek() == "!") in_.refuse("facts");
    }

  private:
    /// The place of the entity that the token names, which is of this kind.
    std::size_t place_named(numbered_kind kind) const {
        const auto number = *in_.numbered(prefix_of(kind));
        if (number >= most_entities)
            token_stream::fail_at(in_.where(),
                                  {in_.peek().text, " is not declared in this function"});
        return numbers_.of(kind).place_of(number);
    }
    parameter read_parameter() {
        parameter made{.type = read_type()};
        while (in_.peek().is == token::kind::word) {
            const auto word = in_.peek().text;
            if (const auto extension = place_of(word, parameter_extension_names); extension)
                made.extension = static_cast<parameter_extension>(*extension);
            else if (const auto purpose = place_of(word, parameter_purpose_names); purpose)
                made.purpose = static_cast<parameter_purpose>(*purpose);
            else if (word == "sarg")
                in_.refuse("arguments of structure type");
            else
                return made;
            in_.take();
        }
        return made;
    }
    void read_parameters(decltype(signature::parameters)& into) {
        do into.push_back(read_parameter());
        while (in_.take_if(","));
    }

    token_stream& in_;
    function_numbering& numbers_;
};
using term_reader = basic_term_reader<>;

}  // namespace palimpsest::ir::text
