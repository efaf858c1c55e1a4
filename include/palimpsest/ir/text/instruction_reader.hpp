// SPDX-License-Identifier: Apache-2.0
// Reads the content of a block: instructions, with or without results, and aliases.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/semantics/result_types.hpp>
#include <palimpsest/ir/text/declaration_reader.hpp>
#include <palimpsest/ir/text/definitions.hpp>
#include <palimpsest/ir/text/foreign_words.hpp>
#include <palimpsest/ir/text/numbering.hpp>
#include <palimpsest/ir/text/term_reader.hpp>
#include <palimpsest/ir/text/token_stream.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::ir::text {

/// Reads instructions and aliases into a function. Its members throw text::error.
template <class Tag = void>
class basic_instruction_reader {
  public:
    basic_instruction_reader(token_stream& tokens, function_numbering& numbers, function& into,
                             declaration_reader& declared, definitions& values) noexcept
        : in_(tokens), terms_(tokens, numbers), made_(into), declared_(declared), values_(values) {}

    /// Reads one statement of the block `here`: an alias such as v1 -> v2, or an instruction with
    /// or without results.
    void read(block here) {
        while (in_.peek().is == token::kind::at) in_.take();
        if (in_.peek() == "<") throw unsupported(in_.where(), "debug tags are not supported");
        std::vector<definitions::name> results;
        if (in_.numbered("v")) {
            results.push_back(values_.read_name());
            if (in_.take_if("->")) return read_alias(results[0]);
            while (in_.take_if(",")) results.push_back(values_.read_name());
            terms_.refuse_fact();
            in_.expect("=");
        }
        read_instruction(here, results);
    }

  private:
    void read_alias(const definitions::name& alias) {
        const auto made = alias.of;
        const auto where = in_.where();
        const auto target = values_.read_value();
        if (!values_.is_defined(target))
            in_.fail_at(where, "an alias stands for a value that is defined before it");
        // The same may be said again.
        if (values_.is_defined(made) && made_[made].is == value_data::kind::alias &&
            value(made_[made].of) == target)
            return;
        made_.define_value(values_.new_value(alias), {});
        made_.make_alias(made, target);
    }

    void read_instruction(block here, const std::vector<definitions::name>& results) {
        const auto where = in_.where();
        const auto word = in_.take_word("an instruction");
        const auto code = opcode_named(word);
        if (!code) fail_unknown(where, word);
        now_ = instruction();
        now_.code = *code;
        arguments_.clear();
        targets_.clear();
        std::optional<type> written;
        if (in_.take_if(".")) written = terms_.read_type();
        read_operands(written.value_or(type::none));
        now_.type = controlling_type(written, where);
        now_.arguments = made_.add_values(arguments_);
        now_.targets = made_.add_targets(targets_);
        const auto made = made_.append(here, now_);
        define_results(made, results, where);
    }

    [[noreturn]] static void fail_unknown(location where, std::string_view word) {
        if (const auto feature = feature_of_operation(word); !feature.empty())
            throw unsupported(where, "the operation " + std::string(word) + " is not supported (" +
                                         std::string(feature) + ")");
        throw error(where, "there is no operation " + std::string(word));
    }

    type controlling_type(std::optional<type> written, location where) const {
        const auto& is = describe(now_.code);
        const auto of = written ? *written : semantics::told_type(made_, now_.code, arguments_);
        if (!is.has_controlling_type) return type::none;
        if (of == type::none)
            in_.fail_at(where,
                        "the type has to be written, as in " + std::string(is.name) + ".i32");
        if (!type_set::has(is.types, of))
            in_.fail_at(where, std::string(is.name) + " is not there for " + std::string(name(of)));
        return of;
    }

    void define_results(inst of, const std::vector<definitions::name>& results, location where) {
        const semantics::result_types types(made_, now_);
        if (results.size() != types.size())
            in_.fail_at(where, std::string(name(now_.code)) + " gives " +
                                   std::to_string(types.size()) + " results, not " +
                                   std::to_string(results.size()));
        for (std::size_t index = 0; index < types.size(); ++index)
            made_.adopt_result(of, values_.new_value(results[index]), types[index]);
    }

    // Operands.

    void read_operands(type written) {
        switch (describe(now_.code).shape) {
            case format::values:
                return read_values();
            case format::integer:
                now_.immediate = terms_.read_immediate(written == type::none ? type::i64 : written);
                return;
            case format::float_constant:
                now_.immediate =
                    terms_.read_float_bits(now_.code == opcode::f32const ? type::f32 : type::f64);
                return;
            case format::value_and_integer:
                arguments_.push_back(values_.read_value());
                in_.expect(",");
                now_.immediate = terms_.read_immediate(type::i64);
                return;
            case format::int_compare:
                now_.condition =
                    terms_.read_place("a condition, such as eq or slt", int_condition_names);
                return read_values();
            case format::int_compare_integer:
                now_.condition =
                    terms_.read_place("a condition, such as eq or slt", int_condition_names);
                arguments_.push_back(values_.read_value());
                in_.expect(",");
                now_.immediate = terms_.read_immediate(type::i64);
                return;
            case format::float_compare:
                now_.condition =
                    terms_.read_place("a condition, such as eq or lt", float_condition_names);
                return read_values();
            case format::load:
                read_memory_flags();
                return read_address();
            case format::store:
                read_memory_flags();
                arguments_.push_back(values_.read_value());
                in_.expect(",");
                return read_address();
            case format::flags_and_values:
                read_memory_flags();
                return read_values();
            case format::atomic_modify:
                read_memory_flags();
                now_.condition =
                    terms_.read_place("what to do, such as add", atomic_operation_names);
                return read_values();
            case format::stack:
                now_.entity = number_of(declared_.read_reference<stack_slot>());
                now_.immediate = static_cast<std::uint64_t>(terms_.read_offset());
                return;
            case format::stack_store:
                arguments_.push_back(values_.read_value());
                in_.expect(",");
                now_.entity = number_of(declared_.read_reference<stack_slot>());
                now_.immediate = static_cast<std::uint64_t>(terms_.read_offset());
                return;
            case format::global:
                now_.entity = number_of(declared_.read_reference<global_ref>());
                return;
            case format::function:
                now_.entity = number_of(declared_.read_reference<function_ref>());
                return;
            case format::jump:
                targets_.push_back(read_block_call());
                return;
            case format::branch:
                arguments_.push_back(values_.read_value());
                in_.expect(",");
                targets_.push_back(read_block_call());
                in_.expect(",");
                targets_.push_back(read_block_call());
                return;
            case format::branch_table:
                return read_branch_table();
            case format::call:
                now_.entity = number_of(declared_.read_reference<function_ref>());
                return read_call_arguments();
            case format::call_indirect:
                now_.entity = number_of(declared_.read_reference<signature_ref>());
                in_.expect(",");
                arguments_.push_back(values_.read_value());
                return read_call_arguments();
            case format::trap:
                now_.trap = terms_.read_trap_code();
                return;
            case format::values_and_trap:
                read_values();
                in_.expect(",");
                now_.trap = terms_.read_trap_code();
                return;
        }
    }

    template <class Entity>
    static std::uint32_t number_of(Entity of) noexcept {
        return static_cast<std::uint32_t>(of.index());
    }

    /// Reads as many operands as the operation has; for `return`, which may have none, all that
    /// follow.
    void read_values() {
        const auto& is = describe(now_.code);
        for (std::size_t index = 0; index < is.operand_count; ++index) {
            if (index != 0) in_.expect(",");
            arguments_.push_back(values_.read_value());
        }
        if (!is.any_more_operands || !in_.numbered("v")) return;
        do arguments_.push_back(values_.read_value());
        while (in_.take_if(","));
    }

    void read_call_arguments() {
        in_.expect("(");
        if (!in_.take_if(")")) {
            do arguments_.push_back(values_.read_value());
            while (in_.take_if(","));
            in_.expect(")");
        }
        if (!in_.take_if(",")) return;
        if (in_.peek() == "stack_map")
            throw unsupported(in_.where(), "stack maps are not supported");
        in_.fail("an instruction behind a call");
    }

    void read_address() {
        arguments_.push_back(values_.read_value());
        now_.immediate = static_cast<std::uint64_t>(terms_.read_offset());
    }

    void read_memory_flags() {
        const auto read = declared_.read_flags();
        now_.flags = read.flags;
        const bool memory = has_effect(now_.code, effect::loads | effect::stores);
        now_.trap = read.trap.value_or(memory ? trap_code::heap_out_of_bounds : trap_code());
    }

    /// block1(v1, v2)
    block_call read_block_call() {
        const auto to = values_.read_block();
        std::vector<value> passed;
        if (in_.take_if("(") && !in_.take_if(")")) {
            do passed.push_back(values_.read_value());
            while (in_.take_if(","));
            in_.expect(")");
        }
        return {to, made_.add_values(passed)};
    }
    void read_branch_table() {
        arguments_.push_back(values_.read_value());
        in_.expect(",");
        targets_.push_back(read_block_call());
        in_.expect(",");
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
    palimpsest::detail::dependent<std::vector<value>, Tag> arguments_;
    palimpsest::detail::dependent<std::vector<block_call>, Tag> targets_;
};
using instruction_reader = basic_instruction_reader<>;

}  // namespace palimpsest::ir::text
