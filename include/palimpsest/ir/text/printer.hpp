// SPDX-License-Identifier: Apache-2.0
// Writes functions as text, which the reader reads back as the same function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/module.hpp>
#include <palimpsest/ir/text/lexer.hpp>
#include <palimpsest/ir/text/number.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace palimpsest::ir::text {

/// Appends functions to a string, as text. Choose it over print() to write many into one string, or
/// a signature or an instruction alone. Functions must be well-formed (ir::verify).
template <class Tag = void>
class basic_printer {
  public:
    explicit basic_printer(std::string& out) noexcept : out_(out) {}

    void print(const function& of) {
        of_ = &of;
        defined_.assign(of.value_count(), false);
        collect_aliases();
        out_.append("function ");
        print_name(of.name);
        print(of.signature);
        out_.append(" {\n");
        print_declarations();
        bool first = true;
        for (const auto block : of.blocks()) {
            if (!first || has_declarations()) out_.append("\n");
            first = false;
            print_block(block);
        }
        out_.append("}\n");
    }

    void print(const signature& of) {
        out_.append("(");
        print(of.parameters);
        out_.append(")");
        if (!of.results.empty()) {
            out_.append(" -> ");
            print(of.results);
        }
        out_.append(" ").append(calling_convention_names[static_cast<std::size_t>(of.convention)]);
    }

    /// Appends the text of one instruction, without its results.
    void print(const function& in, inst which) {
        of_ = &in;
        defined_.assign(in.value_count(), true);
        print_instruction(which);
    }

  private:
    void print_name(std::string_view name) {
        bool plain = true;
        for (const char one : name) plain = plain && detail::is_word(one);
        if (is_numbered(name))
            out_.append(name);
        else if (plain && !name.empty())
            out_.append("%").append(name);
        else
            out_.append("%\"").append(name).append("\"");
    }
    /// Whether a name has the form u1:23, as the reader makes it: numbers of 32 bits, without zeros
    /// in front.
    static bool is_numbered(std::string_view name) {
        const auto colon = name.find(':');
        if (colon == name.npos || name[0] != 'u') return false;
        const auto is_number = [](std::string_view digits) {
            const auto number = read_unsigned(digits);
            return number && *number <= 0xffff'ffff && std::to_string(*number) == digits;
        };
        return is_number(name.substr(1, colon - 1)) && is_number(name.substr(colon + 1));
    }

    void print(const light_vector<parameter>& all) {
        separated(all, [&](const parameter& one) {
            out_.append(ir::name(one.type));
            if (one.extension != parameter_extension::none)
                out_.append(" ").append(
                    parameter_extension_names[static_cast<std::size_t>(one.extension)]);
            if (one.purpose != parameter_purpose::normal)
                out_.append(" ").append(
                    parameter_purpose_names[static_cast<std::size_t>(one.purpose)]);
        });
    }

    template <class List, class Print>
    void separated(const List& all, Print&& one_of) {
        bool first = true;
        for (const auto& one : all) {
            if (!first) out_.append(", ");
            first = false;
            one_of(one);
        }
    }

    void print_number(const char* prefix, std::size_t number) {
        out_.append(prefix).append(std::to_string(number));
    }
    template <class Entity>
    void print_entity(Entity of) {
        print_number(Entity::kind::prefix, of.index());
    }
    void print_offset(std::int64_t offset) {
        if (offset == 0) return;
        if (offset > 0) out_.append("+");
        out_.append(std::to_string(offset));
    }

    // Declarations.

    bool has_declarations() const noexcept {
        return !of_->regions.empty() || !of_->stack_slots.empty() || !of_->globals.empty() ||
               !of_->signatures.empty() || !of_->functions.empty();
    }

    template <class Entity, class Data, class Print>
    void print_table(const entity_table<Entity, Data>& table, Print&& print_data) {
        std::size_t number = 0;
        for (const auto& data : table) {
            const Entity which(number++);
            if constexpr (requires { data.is_left_out(); })
                if (data.is_left_out()) continue;
            out_.append("    ");
            print_entity(which);
            out_.append(" = ");
            print_data(data);
            out_.append("\n");
        }
    }
    void print_declarations() {
        print_table(of_->regions, [&](const alias_region_data& region) {
            out_.append(std::to_string(region.number)).append(" \"");
            out_.append(region.name).append("\"");
        });
        print_table(of_->stack_slots, [&](const stack_slot_data& slot) {
            print_number("explicit_slot ", slot.size);
            if (slot.align_log2 != 0) print_number(", align = ", std::size_t{1} << slot.align_log2);
        });
        print_table(of_->globals, [&](const global_data& global) { print_global(global); });
        print_table(of_->signatures, [&](const signature& one) { print(one); });
        print_table(of_->functions, [&](const function_ref_data& one) {
            if (one.colocated) out_.append("colocated ");
            print_name(one.name);
            out_.append(" ");
            print_entity(one.signature);
        });
    }
    void print_global(const global_data& of) {
        switch (of.is) {
            case global_data::kind::vmctx:
                out_.append("vmctx");
                return;
            case global_data::kind::symbol:
                out_.append("symbol ").append(of.colocated ? "colocated " : "");
                print_name(of.symbol);
                return print_offset(of.offset);
            case global_data::kind::load:
                out_.append("load.").append(ir::name(of.type));
                print_flags(of.flags);
                out_.append(" ");
                print_entity(of.base);
                return print_offset(of.offset);
            case global_data::kind::add:
                out_.append("iadd_imm.").append(ir::name(of.type)).append(" ");
                print_entity(of.base);
                out_.append(", ").append(std::to_string(of.offset));
                return;
        }
    }

    // Blocks.

    void print_block(block which) {
        print_entity(which);
        if (!of_->parameters(which).empty()) {
            out_.append("(");
            separated(of_->parameters(which), [&](value one) {
                print_entity(one);
                out_.append(": ").append(ir::name(of_->type_of(one)));
                defined_[one.index()] = true;
            });
            out_.append(")");
        }
        if (of_->is_cold(which)) out_.append(" cold");
        out_.append(":\n");
        for (const auto one : of_->parameters(which)) print_aliases(one);
        for (const auto one : of_->instructions(which)) print_statement(one);
    }
    void print_statement(inst which) {
        out_.append("    ");
        const auto results = of_->results(which);
        separated(results, [&](value one) { print_entity(one); });
        if (!results.empty()) out_.append(" = ");
        print_instruction(which);
        out_.append("\n");
        for (const auto one : results) {
            defined_[one.index()] = true;
            print_aliases(one);
        }
    }

    // Aliases stand behind the value they stand for.

    void collect_aliases() {
        aliases_.assign(of_->value_count(), {});
        next_alias_.assign(of_->value_count(), {});
        for (std::size_t number = of_->value_count(); number-- > 0;) {
            const value which(number);
            if ((*of_)[which].is != value_data::kind::alias) continue;
            const auto target = (*of_)[which].of;
            next_alias_[number] = std::exchange(aliases_[target], which);
        }
    }
    void print_aliases(value of) {
        std::vector<value> waiting{of};
        while (!waiting.empty()) {
            const auto target = waiting.back();
            waiting.pop_back();
            for (auto one = aliases_[target.index()]; one; one = next_alias_[one.index()]) {
                out_.append("    ");
                print_entity(one);
                out_.append(" -> ");
                print_entity(target);
                out_.append("\n");
                defined_[one.index()] = true;
                waiting.push_back(one);
            }
        }
    }

    // Instructions.

    void print_instruction(inst which) {
        const auto& data = (*of_)[which];
        out_.append(ir::name(data.code));
        if (needs_type(which)) out_.append(".").append(ir::name(data.type));
        print_operands(which);
    }
    /// Whether the reader cannot tell the type from an operand it has seen.
    bool needs_type(inst which) const {
        const auto& data = (*of_)[which];
        const auto& is = describe(data.code);
        if (!is.has_controlling_type) return false;
        if (is.telling_operand < 0) return true;
        const auto arguments = of_->arguments(which);
        const auto place = static_cast<std::size_t>(is.telling_operand);
        return place >= arguments.size() || !defined_[arguments[place].index()];
    }

    void print_operands(inst which) {
        const auto& data = (*of_)[which];
        const auto arguments = of_->arguments(which);
        switch (describe(data.code).shape) {
            case format::values:
                return print_values(arguments);
            case format::integer:
                out_.append(" ").append(write_integer(data.immediate, data.type));
                return;
            case format::float_constant:
                out_.append(" ").append(write_float(
                    data.immediate, data.code == opcode::f32const ? type::f32 : type::f64));
                return;
            case format::value_and_integer:
                print_values(arguments);
                out_.append(", ").append(write_integer(data.immediate, type::i64));
                return;
            case format::int_compare:
                print_word(int_condition_names[data.condition]);
                return print_values(arguments);
            case format::int_compare_integer:
                print_word(int_condition_names[data.condition]);
                print_values(arguments);
                out_.append(", ").append(write_integer(data.immediate, type::i64));
                return;
            case format::float_compare:
                print_word(float_condition_names[data.condition]);
                return print_values(arguments);
            case format::load:
            case format::store:
                print_memory_flags(data);
                print_values(arguments);
                return print_offset(data.offset());
            case format::flags_and_values:
                print_memory_flags(data);
                return print_values(arguments);
            case format::atomic_modify:
                print_memory_flags(data);
                print_word(atomic_operation_names[data.condition]);
                return print_values(arguments);
            case format::stack:
            case format::stack_store:
                print_values(arguments);
                out_.append(arguments.empty() ? " " : ", ");
                print_entity(data.as<stack_slot>());
                return print_offset(data.offset());
            case format::global:
                out_.append(" ");
                return print_entity(data.as<global_ref>());
            case format::function:
                out_.append(" ");
                return print_entity(data.as<function_ref>());
            case format::jump:
            case format::branch:
            case format::branch_table:
                return print_branch(which);
            case format::call:
                out_.append(" ");
                print_entity(data.as<function_ref>());
                return print_list(arguments, true);
            case format::call_indirect:
                out_.append(" ");
                print_entity(data.as<signature_ref>());
                out_.append(", ");
                print_entity(arguments[0]);
                return print_list(arguments.subspan(1), true);
            case format::trap:
                out_.append(" ").append(ir::name(data.trap));
                return;
            case format::values_and_trap:
                print_values(arguments);
                out_.append(", ").append(ir::name(data.trap));
                return;
        }
    }

    void print_word(std::string_view word) { out_.append(" ").append(word); }
    void print_values(std::span<const value> all) {
        if (!all.empty()) out_.append(" ");
        separated(all, [&](value one) { print_entity(one); });
    }
    void print_list(std::span<const value> all, bool even_if_empty) {
        if (all.empty() && !even_if_empty) return;
        out_.append("(");
        separated(all, [&](value one) { print_entity(one); });
        out_.append(")");
    }

    void print_flags(memory_flags flags) {
        for (std::size_t place = 0; place < memory_flags::names.size(); ++place)
            if ((flags.raw() >> place & 1U) != 0) print_word(memory_flags::names[place]);
        if (!flags.region()) return;
        out_.append(" ");
        print_entity(flags.region());
    }
    void print_memory_flags(const instruction& of) {
        print_flags(of.flags);
        if (has_effect(of.code, effect::traps) && of.trap != trap_code::heap_out_of_bounds)
            print_word(ir::name(of.trap));
    }

    void print_block_call(const block_call& of) {
        print_entity(of.to);
        print_list(of_->arguments(of), false);
    }
    void print_branch(inst which) {
        print_values(of_->arguments(which));
        out_.append(of_->arguments(which).empty() ? " " : ", ");
        const auto targets = of_->targets(which);
        if ((*of_)[which].code != opcode::br_table)
            return separated(targets, [&](const block_call& one) { print_block_call(one); });
        print_block_call(targets[0]);
        out_.append(", [");
        separated(targets.subspan(1), [&](const block_call& one) { print_block_call(one); });
        out_.append("]");
    }

    std::string& out_;
    const function* of_ = nullptr;
    palimpsest::detail::dependent<std::vector<bool>, Tag>
        defined_;  // the reader knows its type here
    palimpsest::detail::dependent<std::vector<value>, Tag> aliases_;     // of a value, the first
    palimpsest::detail::dependent<std::vector<value>, Tag> next_alias_;  // of the same value
};
using printer = basic_printer<>;

/// The text of a function. It must be well-formed (ir::verify).
template <class = void>
inline std::string print(const function& of) {
    std::string made;
    printer(made).print(of);
    return made;
}

/// The text of all functions of a module, with an empty line between them. They must be well-formed
/// (ir::verify).
template <class = void>
inline std::string print(const module& of) {
    std::string made;
    printer out(made);
    for (const auto& one : of.functions) {
        if (!made.empty()) made += '\n';
        out.print(one);
    }
    return made;
}

}  // namespace palimpsest::ir::text
