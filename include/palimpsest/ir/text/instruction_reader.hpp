// SPDX-License-Identifier: Apache-2.0
// Reads the content of a block: instructions, with or without results, and aliases.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/semantics/result_types.hpp>
#include <palimpsest/ir/text/declaration_reader.hpp>
#include <palimpsest/ir/text/definitions.hpp>
#include <palimpsest/ir/text/foreign_words.hpp>
#include <palimpsest/ir/text/layout.hpp>
#include <palimpsest/ir/text/numbering.hpp>
#include <palimpsest/ir/text/term_reader.hpp>
#include <palimpsest/ir/text/token_stream.hpp>
#include <palimpsest/light_vector.hpp>
#include <string_view>

namespace palimpsest::ir::text {

/// Reads instructions and aliases into a function. Its members throw text::error.
template <class = void>
class basic_instruction_reader {
  public:
    basic_instruction_reader(token_stream& tokens, function_numbering& numbers, function& into,
                             declaration_reader& declared, definitions& values) noexcept
        : in_(tokens), terms_(tokens, numbers), made_(into), declared_(declared), values_(values) {}

    /// Reads one statement of the block `here`: an alias such as v1 -> v2, or an instruction with
    /// or without results.
    void read(block here) {
        while (in_.peek().is == token::kind::at) in_.take();
        if (in_.peek() == "<") in_.refuse("debug tags");
        results_.clear();
        if (in_.numbered(kind::value::prefix)) {
            results_.push_back(values_.read_name());
            if (in_.take_if("->")) return read_alias(results_[0]);
            while (in_.take_if(",")) results_.push_back(values_.read_name());
            terms_.refuse_fact();
            in_.expect("=");
        }
        read_instruction(here);
    }

  private:
    void read_alias(const definitions::name& alias) {
        const auto made = alias.of;
        const auto where = in_.where();
        const auto target = values_.read_value();
        if (!values_.is_defined(target))
            token_stream::fail_at(where, {"an alias stands for a value that is defined before it"});
        // The same may be said again.
        if (values_.is_defined(made) && made_[made].is == value_data::kind::alias &&
            value(made_[made].of) == target)
            return;
        made_.define_value(values_.new_value(alias), {});
        made_.make_alias(made, target);
    }

    void read_instruction(block here) {
        const auto where = in_.where();
        const auto word = in_.take_word("an instruction");
        const auto code = opcode_named(word);
        if (!code) fail_unknown(where, word);
        now_ = instruction();
        now_.code = *code;
        arguments_.clear();
        targets_.clear();
        const auto written = in_.take_if(".") ? terms_.read_type() : type::none;
        for (const auto* item = layout_of(*code); *item != 0; ++item) read_item(*item, written);
        now_.type = controlling_type(written, where);
        now_.arguments = made_.add_values(arguments_);
        now_.targets = made_.add_targets(targets_);
        define_results(made_.append(here, now_), where);
    }

    [[noreturn]] static void fail_unknown(location where, std::string_view word) {
        if (const auto feature = feature_of_operation(word); !feature.empty())
            token_stream::refuse_at(where,
                                    {"the operation ", word, " is not supported (", feature, ")"});
        token_stream::fail_at(where, {"there is no operation ", word});
    }

    /// The type that was written, or else the one that an operand determines.
    type controlling_type(type written, location where) const {
        const auto& is = describe(now_.code);
        if (!is.has_controlling_type) return type::none;
        const auto of =
            written != type::none ? written : semantics::told_type(made_, now_.code, arguments_);
        if (of == type::none)
            token_stream::fail_at(where, {"the type has to be written, as in ", is.name, ".i32"});
        if (!type_set::has(is.types, of))
            token_stream::fail_at(where, {is.name, " is not there for ", name(of)});
        return of;
    }

    void define_results(inst of, location where) {
        const semantics::result_types types(made_, now_);
        if (results_.size() != types.size())
            token_stream::fail_at(where, {name(now_.code), " gives ", types.size(),
                                          " results, not ", results_.size()});
        for (std::size_t index = 0; index < types.size(); ++index)
            made_.adopt_result(of, values_.new_value(results_[index]), types[index]);
    }

    // Operands.

    /// Reads what a letter of the layout stands for.
    void read_item(char item, type written) {
        switch (item) {
            case ',':
                return in_.expect(",");
            case 'v':
                return read_value();
            case 'V':
                return read_values();
            case 'A':
                return read_call_arguments();
            case 'b':
                return targets_.push_back(read_block_call());
            case 'B':
                return read_table();
            case 'i':
                now_.immediate = terms_.read_immediate(type::i64);
                return;
            case 'I':
                now_.immediate = terms_.read_immediate(written == type::none ? type::i64 : written);
                return;
            case 'F':
                now_.immediate =
                    terms_.read_float_bits(now_.code == opcode::f32const ? type::f32 : type::f64);
                return;
            case 'c':
                return read_condition();
            case 'm':
                return read_memory_flags();
            case 'o':
                now_.immediate = static_cast<std::uint64_t>(terms_.read_offset());
                return;
            case 't':
                now_.trap = terms_.read_trap_code();
                return;
            default:
                now_.entity =
                    static_cast<std::uint32_t>(declared_.read_reference(kind_named(item)));
        }
    }
    static numbered_kind kind_named(char item) noexcept {
        return item == 's'   ? numbered_kind::stack_slot
               : item == 'g' ? numbered_kind::global
               : item == 'f' ? numbered_kind::function
                             : numbered_kind::signature;
    }

    void read_value() { arguments_.push_back(values_.read_value()); }
    /// Reads as many operands as the operation has; for `return`, which may have none, reads all
    /// that follow.
    void read_values() {
        const auto& is = describe(now_.code);
        for (std::size_t index = 0; index < is.operand_count; ++index) {
            if (index != 0) in_.expect(",");
            read_value();
        }
        if (!is.any_more_operands || !in_.numbered(kind::value::prefix)) return;
        do read_value();
        while (in_.take_if(","));
    }
    /// Reads values in parentheses.
    void read_list(light_vector<value>& into) {
        in_.expect("(");
        if (in_.take_if(")")) return;
        do into.push_back(values_.read_value());
        while (in_.take_if(","));
        in_.expect(")");
    }
    void read_call_arguments() {
        read_list(arguments_);
        if (!in_.take_if(",")) return;
        if (in_.peek() == "stack_map") in_.refuse("stack maps");
        in_.fail({"an instruction behind a call"});
    }
    void read_condition() {
        const auto words = condition_words_of(describe(now_.code).shape);
        now_.condition = terms_.read_place(words.expected, words.names);
    }
    void read_memory_flags() {
        const auto read = declared_.read_flags();
        now_.flags = read.flags;
        if (read.has_trap)
            now_.trap = read.trap;
        else if (has_effect(now_.code, effect::loads | effect::stores))
            now_.trap = trap_code::heap_out_of_bounds;
    }

    /// block1(v1, v2)
    block_call read_block_call() {
        const auto to = values_.read_block();
        passed_.clear();
        if (in_.peek() == "(") read_list(passed_);
        return {to, made_.add_values(passed_)};
    }
    /// [block1(v1, v2), block2]
    void read_table() {
        in_.expect("[");
        if (in_.take_if("]")) return;
        do targets_.push_back(read_block_call());
        while (in_.take_if(","));
        in_.expect("]");
    }

    token_stream& in_;
    term_reader terms_;
    function& made_;
    declaration_reader& declared_;
    definitions& values_;
    instruction now_;
    light_vector<definitions::name> results_;
    light_vector<value> arguments_;
    light_vector<block_call> targets_;
    light_vector<value> passed_;  // to a target
};
using instruction_reader = basic_instruction_reader<>;

}  // namespace palimpsest::ir::text
