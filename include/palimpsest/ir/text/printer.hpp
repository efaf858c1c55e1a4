// SPDX-License-Identifier: Apache-2.0
// Writes functions as text, which the reader reads back as the same function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/compile_once.hpp>
#include <palimpsest/detail/concatenate.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/module.hpp>
#include <palimpsest/ir/text/layout.hpp>
#include <palimpsest/ir/text/lexer.hpp>
#include <palimpsest/ir/text/number.hpp>
#include <palimpsest/light_vector.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace palimpsest::ir::text {

/// Appends functions to a string, as text. Choose it over print() to write many into one string, or
/// a signature or an instruction alone. Functions must be well-formed (ir::verify).
template <class = void>
class basic_printer {
  public:
    explicit basic_printer(std::string& out) noexcept : out_(out) {}

    void print(const function& of) {
        of_ = &of;
        defined_.assign(of.value_count(), false);
        collect_aliases();
        put("function ");
        put_name(of.name);
        print(of.signature);
        put(" {\n");
        print_declarations();
        bool first = true;
        for (const auto block : of.blocks()) {
            if (!first || has_declarations()) put("\n");
            first = false;
            print_block(block);
        }
        put("}\n");
    }

    void print(const signature& of) {
        put("(");
        print(of.parameters);
        put(")");
        if (!of.results.empty()) {
            put(" -> ");
            print(of.results);
        }
        put_word(calling_convention_names[static_cast<std::size_t>(of.convention)]);
    }

    /// Appends the text of one instruction, without its results.
    void print(const function& in, inst which) {
        of_ = &in;
        defined_.assign(in.value_count(), true);
        print_instruction(which);
    }

  private:
    // Words and numbers.

    [[gnu::noinline]] void put(std::string_view text) { out_.append(text); }
    [[gnu::noinline]] void put_word(std::string_view word) {
        put(" ");
        put(word);
    }
    [[gnu::noinline]] void put(const char* prefix, std::uint64_t number) {
        put(prefix);
        palimpsest::detail::append_number(out_, number);
    }
    template <class Kind>
    void put(entity<Kind> of) {
        put(Kind::prefix, of.index());
    }
    [[gnu::noinline]] void put_offset(std::int64_t offset) {
        if (offset == 0) return;
        if (offset > 0) put("+");
        palimpsest::detail::append_signed_number(out_, offset);
    }
    void put_name(std::string_view name) {
        bool plain = !name.empty();
        for (const char one : name) plain = plain && detail::is_word(one);
        if (is_numbered(name)) return put(name);
        put(plain ? "%" : "%\"");
        put(name);
        if (!plain) put("\"");
    }
    /// Whether a name has the form u1:23, as the reader makes it: 32-bit numbers without leading
    /// zeros.
    static bool is_numbered(std::string_view name) noexcept {
        const auto colon = name.find(':');
        return colon != std::string_view::npos && name[0] == 'u' &&
               is_number(name.substr(1, colon - 1)) && is_number(name.substr(colon + 1));
    }
    static bool is_number(std::string_view digits) noexcept {
        if (digits.starts_with('0') && digits.size() > 1) return false;
        for (const char one : digits)
            if (!detail::is_digit(one)) return false;
        const auto number = read_unsigned(digits);
        return number && *number <= 0xffff'ffff;
    }

    void print(std::span<const parameter> all) {
        const char* before = "";
        for (const auto& one : all) {
            put(std::exchange(before, ", "));
            put(ir::name(one.type));
            if (one.extension != parameter_extension::none)
                put_word(parameter_extension_names[static_cast<std::size_t>(one.extension)]);
            if (one.purpose != parameter_purpose::normal)
                put_word(parameter_purpose_names[static_cast<std::size_t>(one.purpose)]);
        }
    }
    [[gnu::noinline]] void put_values(std::span<const value> all) {
        const char* before = "";
        for (const auto one : all) {
            put(std::exchange(before, ", "));
            put(one);
        }
    }

    // Declarations.

    bool has_declarations() const noexcept {
        return !of_->regions.empty() || !of_->stack_slots.empty() || !of_->globals.empty() ||
               !of_->signatures.empty() || !of_->functions.empty();
    }
    void print_declarations() {
        for (std::size_t number = 0; number < of_->regions.size(); ++number)
            if (const alias_region which(number); !of_->regions[which].is_left_out())
                print_region(which);
        for (std::size_t number = 0; number < of_->stack_slots.size(); ++number)
            print_stack_slot(stack_slot(number));
        for (std::size_t number = 0; number < of_->globals.size(); ++number)
            print_global(global_ref(number));
        for (std::size_t number = 0; number < of_->signatures.size(); ++number) {
            begin_declaration(kind::signature::prefix, number);
            print(of_->signatures[signature_ref(number)]);
            put("\n");
        }
        for (std::size_t number = 0; number < of_->functions.size(); ++number)
            if (const function_ref which(number); !of_->functions[which].is_left_out())
                print_function_ref(which);
    }
    [[gnu::noinline]] void begin_declaration(const char* prefix, std::size_t number) {
        put("    ");
        put(prefix, number);
        put(" = ");
    }
    void print_region(alias_region which) {
        const auto& of = of_->regions[which];
        begin_declaration(kind::alias_region::prefix, which.index());
        put("", of.number);
        put(" \"");
        put(of.name);
        put("\"\n");
    }
    void print_stack_slot(stack_slot which) {
        const auto& of = of_->stack_slots[which];
        begin_declaration(kind::stack_slot::prefix, which.index());
        put("explicit_slot ", of.size);
        if (of.align_log2 != 0) put(", align = ", std::uint64_t{1} << of.align_log2);
        put("\n");
    }
    void print_global(global_ref which) {
        const auto& of = of_->globals[which];
        begin_declaration(kind::global_ref::prefix, which.index());
        if (of.is == global_data::kind::vmctx) {
            put("vmctx");
        } else if (of.is == global_data::kind::symbol) {
            put(of.colocated ? "symbol colocated " : "symbol ");
            put_name(of.symbol);
            put_offset(of.offset);
        } else {
            const bool adds = of.is == global_data::kind::add;
            put(adds ? "iadd_imm." : "load.");
            put(ir::name(of.type));
            if (!adds) print_flags(of.flags);
            put(" ");
            put(of.base);
            if (adds) {
                put(", ");
                palimpsest::detail::append_signed_number(out_, of.offset);
            } else {
                put_offset(of.offset);
            }
        }
        put("\n");
    }
    void print_function_ref(function_ref which) {
        const auto& of = of_->functions[which];
        begin_declaration(kind::function::prefix, which.index());
        if (of.colocated) put("colocated ");
        put_name(of.name);
        put(" ");
        put(of.signature);
        put("\n");
    }

    // Blocks.

    void print_block(block which) {
        put(which);
        const auto parameters = of_->parameters(which);
        const char* before = "(";
        for (const auto one : parameters) {
            put(std::exchange(before, ", "));
            put(one);
            put(": ");
            put(ir::name(of_->type_of(one)));
            defined_[one.index()] = true;
        }
        if (!parameters.empty()) put(")");
        put(of_->is_cold(which) ? " cold:\n" : ":\n");
        for (const auto one : parameters) print_aliases(one);
        for (const auto one : of_->instructions(which)) print_statement(one);
    }
    void print_statement(inst which) {
        put("    ");
        const auto results = of_->results(which);
        put_values(results);
        if (!results.empty()) put(" = ");
        print_instruction(which);
        put("\n");
        for (const auto one : results) {
            defined_[one.index()] = true;
            print_aliases(one);
        }
    }

    // Aliases are printed after the value they stand for.

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
        if (!aliases_[of.index()]) return;
        light_vector<value> waiting{of};
        while (!waiting.empty()) {
            const auto target = waiting.back();
            waiting.pop_back();
            for (auto one = aliases_[target.index()]; one; one = next_alias_[one.index()]) {
                put("    ");
                put(one);
                put(" -> ");
                put(target);
                put("\n");
                defined_[one.index()] = true;
                waiting.push_back(one);
            }
        }
    }

    // Instructions.

    void print_instruction(inst which) {
        const auto& data = (*of_)[which];
        put(ir::name(data.code));
        if (needs_type(which)) {
            put(".");
            put(ir::name(data.type));
        }
        operands_ = of_->arguments(which);
        targets_ = of_->targets(which);
        for (const auto* item = layout_of(data.code); *item != 0; ++item) print_item(*item, data);
    }
    /// Whether the reader cannot tell the type from an operand it has seen.
    bool needs_type(inst which) const {
        const auto& data = (*of_)[which];
        const auto& is = describe(data.code);
        if (!is.has_controlling_type) return false;
        if (is.telling_operand < 0) return true;
        const auto arguments = of_->arguments(which);
        const std::size_t place = static_cast<unsigned char>(is.telling_operand);
        return place >= arguments.size() || !defined_[arguments[place].index()];
    }

    /// Prints what a letter of the layout stands for, with a leading space where needed.
    void print_item(char item, const instruction& of) {
        switch (item) {
            case ',':
                return put(",");
            case 'v':
                put(" ");
                return put_values(next(operands_));
            case 'V':
                if (!operands_.empty()) put(" ");
                return put_values(operands_);
            case 'A':
                put("(");
                put_values(operands_);
                return put(")");
            case 'b':
                put(" ");
                return print_targets(next(targets_));
            case 'B':
                put(" [");
                print_targets(targets_);
                return put("]");
            case 'i':
                return put_word(write_integer(of.immediate, type::i64));
            case 'I':
                return put_word(write_integer(of.immediate, of.type));
            case 'F':
                return put_word(
                    write_float(of.immediate, of.code == opcode::f32const ? type::f32 : type::f64));
            case 'c':
                return put_word(condition_words_of(describe(of.code).shape).names[of.condition]);
            case 'm':
                return print_memory_flags(of);
            case 'o':
                return put_offset(of.offset());
            case 't':
                return put_word(ir::name(of.trap));
            default:
                return put(prefix_of_item(item), of.entity);
        }
    }
    static const char* prefix_of_item(char item) noexcept {
        return item == 's' ? " ss" : item == 'g' ? " gv" : item == 'f' ? " fn" : " sig";
    }
    /// Takes the first of what remains.
    template <class One>
    static std::span<const One> next(std::span<const One>& all) noexcept {
        const auto first = all.first(all.empty() ? 0 : 1);
        all = all.subspan(first.size());
        return first;
    }

    void print_flags(memory_flags flags) {
        for (std::size_t place = 0; place < memory_flags::names.size(); ++place)
            if ((flags.raw() >> place & 1U) != 0) put_word(memory_flags::names[place]);
        if (flags.region()) put(" region", flags.region().index());
    }
    void print_memory_flags(const instruction& of) {
        print_flags(of.flags);
        if (has_effect(of.code, effect::traps) && of.trap != trap_code::heap_out_of_bounds)
            put_word(ir::name(of.trap));
    }
    void print_targets(std::span<const block_call> all) {
        const char* before = "";
        for (const auto& one : all) {
            put(std::exchange(before, ", "));
            put(one.to);
            const auto arguments = of_->arguments(one);
            if (arguments.empty()) continue;
            put("(");
            put_values(arguments);
            put(")");
        }
    }

    std::string& out_;
    const function* of_ = nullptr;
    light_vector<bool> defined_;      // the reader knows its type here
    light_vector<value> aliases_;     // of a value, the first
    light_vector<value> next_alias_;  // of the same value
    // What remains to be printed of the instruction.
    std::span<const value> operands_;
    std::span<const block_call> targets_;
};
using printer = basic_printer<>;

/// The text of a function. It must be well-formed (ir::verify).
template <class = void>
std::string print(const function& of) {
    std::string made;
    printer(made).print(of);
    return made;
}

/// The text of all functions of a module, with an empty line between them. They must be well-formed
/// (ir::verify).
template <class = void>
std::string print(const module& of) {
    std::string made;
    printer out(made);
    for (const auto& one : of.functions) {
        if (!made.empty()) made.append("\n", 1);
        out.print(one);
    }
    return made;
}

PALIMPSEST_COMPILE_ONCE(std::string print<void>(const function&));
PALIMPSEST_COMPILE_ONCE(std::string print<void>(const module&));

}  // namespace palimpsest::ir::text
