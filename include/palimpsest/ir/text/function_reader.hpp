// Reads one function, from the word `function` to its closing brace.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/result_types.hpp>
#include <palimpsest/ir/text/token_stream.hpp>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace palimpsest::ir::text {

class function_reader {
  public:
    explicit function_reader(token_stream& tokens) noexcept : in_(tokens) {}

    /// Throws text::error.
    function read() {
        in_.expect("function", "'function'");
        made_.name = read_function_name("the function's name, such as %name");
        made_.signature = read_signature();
        in_.expect("{");
        while (read_declaration()) {
        }
        while (!(in_.peek() == "}")) read_block();
        in_.take();
        require_definitions();
        return std::move(made_);
    }

    /// Of a function that could not be read to its end; empty where not even the name could.
    const std::string& function_name() const noexcept { return made_.name; }

  private:
    // Numbers as large as these come from no program, and would only make tables large.
    static constexpr std::uint64_t most_values = 1U << 22U;
    static constexpr std::uint64_t most_blocks = 1U << 20U;

    static constexpr std::uint64_t most_declarations = 1U << 16U;

    template <class Entity>
    struct declared {
        std::vector<bool> numbers;
    };

    struct use {
        std::uint64_t number = 0;
        location where;
    };

    // Names, types, signatures.

    std::string read_function_name(std::string_view what) {
        if (const auto space = in_.numbered("u")) {  // u1:23
            in_.take();
            in_.expect(":");
            const auto number =
                in_.take_unsigned("a number", std::numeric_limits<std::uint32_t>::max());
            return "u" + std::to_string(*space) + ":" + std::to_string(number);
        }
        return std::string(in_.take_name(what));
    }

    type read_type() {
        const auto where = in_.where();
        const auto word = in_.peek().is == token::kind::word ? in_.peek().text : std::string_view();
        if (const auto named = type_named(word)) {
            in_.take();
            return *named;
        }
        if (is_foreign_type(word))
            throw unsupported(where, "the type " + std::string(word) + " is not supported");
        in_.fail("a type: i8, i16, i32, i64, f32 or f64");
    }
    /// A type of Cranelift's that this library has not.
    static bool is_foreign_type(std::string_view word) {
        if (word == "i128" || word == "f16" || word == "f128") return true;
        const auto lanes = word.find('x');
        return lanes != std::string_view::npos && lanes >= 2 && lanes <= 4 &&
               lanes + 1 < word.size() && detail::is_digit(word[1]) &&
               detail::is_digit(word[lanes + 1]) && (word[0] == 'i' || word[0] == 'f');
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
                throw unsupported(in_.where(), "arguments of structure type are not supported");
            else
                return made;
            in_.take();
        }
        return made;
    }
    std::vector<parameter> read_parameters(std::string_view closing) {
        std::vector<parameter> made;
        if (in_.peek() == closing) return made;
        do made.push_back(read_parameter());
        while (in_.take_if(","));
        return made;
    }
    /// (i32, i32) -> i32 fast
    signature read_signature() {
        signature made;
        in_.expect("(");
        made.parameters = read_parameters(")");
        in_.expect(")");
        if (in_.take_if("->")) made.results = read_parameters("{");
        if (in_.peek().is == token::kind::word)
            if (const auto convention = place_of(in_.peek().text, calling_convention_names)) {
                in_.take();
                made.convention = static_cast<calling_convention>(*convention);
            }
        return made;
    }

    // Declarations before the first block.

    bool read_declaration() {
        if (in_.numbered("block")) return false;
        const auto where = in_.where();
        if (const auto number = in_.numbered("sig")) {
            in_.take();
            in_.expect("=");
            declare(made_.signatures, *number, where, read_signature());
        } else if (const auto slot = in_.numbered("ss")) {
            in_.take();
            in_.expect("=");
            declare(made_.stack_slots, *slot, where, read_stack_slot());
        } else if (const auto callee = in_.numbered("fn")) {
            in_.take();
            in_.expect("=");
            declare(made_.functions, *callee, where, read_function_ref());
        } else if (const auto global = in_.numbered("gv")) {
            in_.take();
            in_.expect("=");
            declare(made_.globals, *global, where, read_global());
        } else if (in_.peek() == "stack_limit") {
            // A prologue would check it. There is none here.
            in_.take();
            in_.expect("=");
            (void)read_reference<global_ref>();
        } else if (in_.numbered("const") || in_.numbered("dt") || in_.numbered("ir_map")) {
            throw unsupported(where, "vector constants and dynamic types are not supported");
        } else {
            return false;
        }
        return true;
    }

    /// Numbers may be left out, as Cranelift's files do; nobody may refer to them.
    template <class Entity, class Data>
    void declare(entity_table<Entity, Data>& table, std::uint64_t number, location where,
                 Data data) {
        const Entity made(static_cast<std::size_t>(number));
        const auto called = Entity::kind::prefix + std::to_string(number);
        if (number >= most_declarations)
            in_.fail_at(where,
                        called + ": numbers are less than " + std::to_string(most_declarations));
        if (is_declared(made)) in_.fail_at(where, called + " is declared a second time");
        if (!table.has(made)) table.resize(made.index() + 1);
        table[made] = std::move(data);
        note_declared(made);
    }
    template <class Entity>
    bool is_declared(Entity which) const {
        const auto& all = std::get<declared<Entity>>(declared_).numbers;
        return which.index() < all.size() && all[which.index()];
    }
    template <class Entity>
    void note_declared(Entity which) {
        auto& all = std::get<declared<Entity>>(declared_).numbers;
        if (which.index() >= all.size()) all.resize(which.index() + 1);
        all[which.index()] = true;
    }

    template <class Entity>
    Entity read_reference() {
        const std::string prefix = Entity::kind::prefix;
        const auto number = in_.numbered(prefix);
        if (!number) in_.fail(prefix + " and a number");
        const Entity made(static_cast<std::size_t>(*number));
        if (!is_declared(made))
            in_.fail_at(in_.where(),
                        prefix + std::to_string(*number) + " is not declared in this function");
        in_.take();
        return made;
    }

    stack_slot_data read_stack_slot() {
        stack_slot_data made;
        if (!in_.take_if("explicit_slot") && !in_.take_if("spill_slot"))
            in_.fail("'explicit_slot' and the slot's size");
        made.size =
            static_cast<std::uint32_t>(in_.take_unsigned("the slot's size in bytes", 1U << 30U));
        while (in_.take_if(",")) {
            const auto where = in_.where();
            const auto word = in_.take_word("'align'");
            if (word == "key") throw unsupported(where, "keys of stack slots are not supported");
            if (word != "align") in_.fail_at(where, "expected 'align'");
            in_.expect("=");
            const auto align = in_.take_unsigned("an alignment in bytes", 1U << 16U);
            if (align == 0 || (align & (align - 1)) != 0)
                in_.fail_at(where, "an alignment is a power of 2");
            while ((std::uint64_t{1} << made.align_log2) < align) ++made.align_log2;
        }
        return made;
    }

    /// [colocated] %name sig0, or %name(i32) -> i32
    function_ref_data read_function_ref() {
        function_ref_data made;
        made.colocated = in_.take_if("colocated");
        made.name = read_function_name("the name of a function, such as %name");
        made.signature =
            in_.peek() == "(" ? signature_of(read_signature()) : read_reference<signature_ref>();
        return made;
    }
    signature_ref signature_of(signature read) {
        const auto made = made_.signatures.add(std::move(read));
        note_declared(made);
        return made;
    }

    global_data read_global() {
        global_data made;
        const auto where = in_.where();
        const auto word = in_.take_word("'vmctx', 'symbol', 'load' or 'iadd_imm'");
        if (word == "vmctx") return made;
        if (word == "symbol") {
            made.is = global_data::kind::symbol;
            made.colocated = in_.take_if("colocated");
            if (in_.take_if("tls"))
                throw unsupported(where, "thread-local symbols are not supported");
            made.symbol = read_function_name("the name of a symbol, such as %name");
            made.offset = read_offset();
            return made;
        }
        if (word != "load" && word != "iadd_imm") {
            if (word == "dyn_scale_target_const")
                throw unsupported(where, "vectors are not supported");
            in_.fail_at(where, "expected 'vmctx', 'symbol', 'load' or 'iadd_imm'");
        }
        in_.expect(".");
        made.type = read_type();
        made.is = word == "load" ? global_data::kind::load : global_data::kind::add;
        if (made.is == global_data::kind::load) {
            std::optional<trap_code> code;
            made.flags = read_flags(code);
        }
        made.base = read_reference<global_ref>();
        if (made.is == global_data::kind::load)
            made.offset = read_offset();
        else {
            in_.expect(",");
            made.offset = static_cast<std::int64_t>(read_immediate(type::i64));
        }
        return made;
    }

    std::int64_t read_offset() {
        if (!in_.at_number() || (in_.peek().text[0] != '+' && in_.peek().text[0] != '-')) return 0;
        const auto bits = read_immediate(type::i64);
        return static_cast<std::int64_t>(bits);
    }

    // Blocks.

    /// block0(v0: i32, v1: i64) cold:
    void read_block() {
        const auto where = in_.where();
        const auto number = in_.numbered("block");
        if (!number) in_.fail("a block, such as block0:");
        in_.take();
        const auto here = block_of(*number, where);
        if (made_.is_placed(here))
            in_.fail_at(where, "block" + std::to_string(*number) + " is defined a second time");
        made_.place_at_end(here);
        if (in_.take_if("(") && !in_.take_if(")")) {
            do read_block_parameter(here);
            while (in_.take_if(","));
            in_.expect(")");
        }
        if (in_.take_if("cold")) made_.set_cold(here);
        in_.expect(":");
        while (!(in_.peek() == "}") && !in_.numbered("block")) read_statement(here);
    }
    void read_block_parameter(block of) {
        const auto [number, where] = read_value_number();
        in_.expect(":");
        const auto as = read_type();
        made_.adopt_parameter(of, new_value(number, where), as);
    }

    block block_of(std::uint64_t number, location where) {
        if (number >= most_blocks)
            in_.fail_at(where, "block numbers are less than " + std::to_string(most_blocks));
        const block made(static_cast<std::size_t>(number));
        made_.reserve_block(made);
        return made;
    }

    // Values.

    use read_value_number() {
        const auto number = in_.numbered("v");
        if (!number) in_.fail("a value, such as v0");
        const use made{*number, in_.where()};
        if (made.number >= most_values)
            in_.fail_at(made.where, "value numbers are less than " + std::to_string(most_values));
        in_.take();
        return made;
    }
    value new_value(std::uint64_t number, location where) {
        const value made(static_cast<std::size_t>(number));
        if (is_defined(made))
            in_.fail_at(where, "v" + std::to_string(number) + " is defined a second time");
        return made;
    }
    bool is_defined(value which) const noexcept {
        return which.index() < made_.value_count() && made_[which].is != value_data::kind::unused;
    }
    value read_value() {
        const auto used = read_value_number();
        const value made(static_cast<std::size_t>(used.number));
        if (!is_defined(made)) uses_.push_back(used);
        return made;
    }
    void require_definitions() const {
        for (const auto& [number, where] : uses_)
            if (!is_defined(value(static_cast<std::size_t>(number))))
                in_.fail_at(where,
                            "v" + std::to_string(number) + " is not defined in this function");
        for (const auto& [number, where] : block_uses_)
            if (!made_.is_placed(block(static_cast<std::size_t>(number))))
                in_.fail_at(where,
                            "block" + std::to_string(number) + " is not defined in this function");
    }

    // Statements.

    /// v1 -> v2, or an instruction with or without results.
    void read_statement(block here) {
        while (in_.peek().is == token::kind::at) in_.take();
        std::vector<use> results;
        if (in_.numbered("v")) {
            results.push_back(read_value_number());
            if (in_.take_if("->")) return read_alias(results[0]);
            while (in_.take_if(",")) results.push_back(read_value_number());
            in_.expect("=");
        }
        read_instruction(here, results);
    }

    void read_alias(const use& alias) {
        const auto made = new_value(alias.number, alias.where);
        const auto where = in_.where();
        const auto target = read_value();
        if (!is_defined(target))
            in_.fail_at(where, "an alias stands for a value that is defined before it");
        made_.define_value(made, {});
        made_.make_alias(made, target);
    }

    void read_instruction(block here, const std::vector<use>& results) {
        const auto where = in_.where();
        const auto word = in_.take_word("an instruction");
        const auto code = opcode_named(word);
        if (!code) fail_unknown(where, word);
        now_ = instruction();
        now_.code = *code;
        arguments_.clear();
        targets_.clear();
        std::optional<type> written;
        if (in_.take_if(".")) written = read_type();
        read_operands(written.value_or(type::none));
        now_.type = controlling_type(written, where);
        now_.arguments = made_.add_values(arguments_);
        now_.targets = made_.add_targets(targets_);
        const auto made = made_.append(here, now_);
        define_results(made, results, where);
    }

    [[noreturn]] void fail_unknown(location where, std::string_view word) const {
        for (const std::string_view foreign : {"splat",
                                               "insertlane",
                                               "extractlane",
                                               "vconst",
                                               "shuffle",
                                               "swizzle",
                                               "iconcat",
                                               "isplit",
                                               "try_call",
                                               "try_call_indirect",
                                               "get_pinned_reg",
                                               "set_pinned_reg",
                                               "get_frame_pointer",
                                               "get_stack_pointer",
                                               "get_return_address",
                                               "tls_value",
                                               "get_exception_handler_address",
                                               "f16const",
                                               "f128const",
                                               "vall_true",
                                               "vany_true",
                                               "vhigh_bits",
                                               "swiden_low",
                                               "swiden_high",
                                               "uwiden_low",
                                               "uwiden_high",
                                               "snarrow",
                                               "unarrow",
                                               "uunarrow",
                                               "iadd_pairwise",
                                               "scalar_to_vector",
                                               "sqmul_round_sat",
                                               "uadd_sat",
                                               "sadd_sat",
                                               "usub_sat",
                                               "ssub_sat",
                                               "stack_switch",
                                               "sequence_point",
                                               "x86_pshufb",
                                               "x86_pmulhrsw",
                                               "x86_blendv",
                                               "x86_pmaddubsw",
                                               "x86_cvtt2dq",
                                               "extr",
                                               "dynamic_stack_addr",
                                               "dynamic_stack_load",
                                               "dynamic_stack_store",
                                               "fvdemote",
                                               "fvpromote_low",
                                               "fvpromote_high",
                                               "extract_vector",
                                               "blend"})
            if (word == foreign)
                throw unsupported(where,
                                  "the operation " + std::string(word) + " is not supported");
        throw error(where, "there is no operation " + std::string(word));
    }

    type controlling_type(std::optional<type> written, location where) const {
        const auto& is = describe(now_.code);
        const auto of = written ? *written : told_type(made_, now_.code, arguments_);
        if (!is.has_controlling_type) return type::none;
        if (of == type::none)
            in_.fail_at(where,
                        "the type has to be written, as in " + std::string(is.name) + ".i32");
        if (!type_set::has(is.types, of))
            in_.fail_at(where, std::string(is.name) + " is not there for " + std::string(name(of)));
        return of;
    }

    void define_results(inst of, const std::vector<use>& results, location where) {
        const result_types types(made_, now_);
        if (results.size() != types.size())
            in_.fail_at(where, std::string(name(now_.code)) + " gives " +
                                   std::to_string(types.size()) + " results, not " +
                                   std::to_string(results.size()));
        for (std::size_t index = 0; index < types.size(); ++index)
            made_.adopt_result(of, new_value(results[index].number, results[index].where),
                               types[index]);
    }

    // Operands.

    void read_operands(type written) {
        switch (describe(now_.code).shape) {
            case format::values:
                return read_values();
            case format::integer:
                now_.immediate = read_immediate(written == type::none ? type::i64 : written);
                return;
            case format::float_constant:
                return read_float_constant();
            case format::value_and_integer:
                arguments_.push_back(read_value());
                in_.expect(",");
                now_.immediate = read_immediate(type::i64);
                return;
            case format::int_compare:
                now_.condition = read_place("a condition, such as eq or slt", int_condition_names);
                return read_values();
            case format::int_compare_integer:
                now_.condition = read_place("a condition, such as eq or slt", int_condition_names);
                arguments_.push_back(read_value());
                in_.expect(",");
                now_.immediate = read_immediate(type::i64);
                return;
            case format::float_compare:
                now_.condition = read_place("a condition, such as eq or lt", float_condition_names);
                return read_values();
            case format::load:
                read_memory_flags();
                return read_address();
            case format::store:
                read_memory_flags();
                arguments_.push_back(read_value());
                in_.expect(",");
                return read_address();
            case format::flags_and_values:
                read_memory_flags();
                return read_values();
            case format::atomic_modify:
                read_memory_flags();
                now_.condition = read_place("what to do, such as add", atomic_operation_names);
                return read_values();
            case format::stack:
                now_.entity = number_of(read_reference<stack_slot>());
                now_.immediate = static_cast<std::uint64_t>(read_offset());
                return;
            case format::stack_store:
                arguments_.push_back(read_value());
                in_.expect(",");
                now_.entity = number_of(read_reference<stack_slot>());
                now_.immediate = static_cast<std::uint64_t>(read_offset());
                return;
            case format::global:
                now_.entity = number_of(read_reference<global_ref>());
                return;
            case format::function:
                now_.entity = number_of(read_reference<function_ref>());
                return;
            case format::jump:
                targets_.push_back(read_block_call());
                return;
            case format::branch:
                arguments_.push_back(read_value());
                in_.expect(",");
                targets_.push_back(read_block_call());
                in_.expect(",");
                targets_.push_back(read_block_call());
                return;
            case format::branch_table:
                return read_branch_table();
            case format::call:
                now_.entity = number_of(read_reference<function_ref>());
                return read_call_arguments();
            case format::call_indirect:
                now_.entity = number_of(read_reference<signature_ref>());
                in_.expect(",");
                arguments_.push_back(read_value());
                return read_call_arguments();
            case format::trap:
                now_.trap = read_trap_code();
                return;
            case format::values_and_trap:
                read_values();
                in_.expect(",");
                now_.trap = read_trap_code();
                return;
        }
    }

    template <class Entity>
    static std::uint32_t number_of(Entity of) noexcept {
        return static_cast<std::uint32_t>(of.index());
    }

    /// As many as the operation has; of `return`, which may stand alone, all that follow.
    void read_values() {
        const auto& is = describe(now_.code);
        for (std::size_t index = 0; index < is.operand_count; ++index) {
            if (index != 0) in_.expect(",");
            arguments_.push_back(read_value());
        }
        if (!is.any_more_operands || !in_.numbered("v")) return;
        do arguments_.push_back(read_value());
        while (in_.take_if(","));
    }

    void read_call_arguments() {
        in_.expect("(");
        if (in_.take_if(")")) return;
        do arguments_.push_back(read_value());
        while (in_.take_if(","));
        in_.expect(")");
    }

    void read_address() {
        arguments_.push_back(read_value());
        now_.immediate = static_cast<std::uint64_t>(read_offset());
    }

    void read_memory_flags() {
        std::optional<trap_code> code;
        now_.flags = read_flags(code);
        const bool memory = has_effect(now_.code, effect::loads | effect::stores);
        now_.trap = code.value_or(memory ? trap_code::heap_out_of_bounds : trap_code());
    }
    memory_flags read_flags(std::optional<trap_code>& code) {
        unsigned set = 0;
        while (in_.peek().is == token::kind::word) {
            const auto word = in_.peek().text;
            if (const auto place = place_of(word, memory_flags::names)) {
                set |= 1U << *place;
            } else if (const auto named = trap_code_named(word)) {
                code = named;
            } else if (word != "checked") {
                break;
            }
            for (const unsigned exclusive : {memory_flags::regions, memory_flags::byte_orders})
                if (((set & exclusive) & ((set & exclusive) - 1)) != 0)
                    in_.fail_at(in_.where(), "two memory flags that exclude each other");
            in_.take();
        }
        return memory_flags(set);
    }

    /// block1(v1, v2)
    block_call read_block_call() {
        const auto where = in_.where();
        const auto number = in_.numbered("block");
        if (!number) in_.fail("a block, such as block1");
        in_.take();
        const auto to = block_of(*number, where);
        if (!made_.is_placed(to)) block_uses_.push_back({*number, where});
        std::vector<value> passed;
        if (in_.take_if("(") && !in_.take_if(")")) {
            do passed.push_back(read_value());
            while (in_.take_if(","));
            in_.expect(")");
        }
        return {to, made_.add_values(passed)};
    }
    void read_branch_table() {
        arguments_.push_back(read_value());
        in_.expect(",");
        targets_.push_back(read_block_call());
        in_.expect(",");
        in_.expect("[");
        if (in_.take_if("]")) return;
        do targets_.push_back(read_block_call());
        while (in_.take_if(","));
        in_.expect("]");
    }

    trap_code read_trap_code() {
        const auto where = in_.where();
        const auto word = in_.take_word("a trap code, such as user1 or heap_oob");
        if (const auto code = trap_code_named(word)) return *code;
        in_.fail_at(where, "there is no trap code " + std::string(word) +
                               "; the program's own are user1 to user239");
    }

    template <std::size_t Size>
    std::uint8_t read_place(std::string_view what,
                            const std::array<std::string_view, Size>& names) {
        const auto place =
            in_.peek().is == token::kind::word ? place_of(in_.peek().text, names) : std::nullopt;
        if (!place) in_.fail(what);
        in_.take();
        return *place;
    }

    std::uint64_t read_immediate(type as) {
        const auto where = in_.where();
        const auto number = read_integer(in_.take_number("an integer"), as);
        if (!number)
            in_.fail_at(where, "expected an integer of " + std::to_string(bits(as)) + " bits");
        return *number;
    }
    void read_float_constant() {
        const auto as = now_.code == opcode::f32const ? type::f32 : type::f64;
        const auto where = in_.where();
        const auto number = read_float(in_.take_number("a floating point number"), as);
        if (!number)
            in_.fail_at(where, "expected a floating point number, such as 0x1.8p3, +NaN or -Inf");
        now_.immediate = *number;
    }

    token_stream& in_;
    function made_;
    std::tuple<declared<signature_ref>, declared<stack_slot>, declared<function_ref>,
               declared<global_ref>>
        declared_;
    std::vector<use> uses_;        // of values before their definition
    std::vector<use> block_uses_;  // of blocks before their definition
    instruction now_;
    std::vector<value> arguments_;
    std::vector<block_call> targets_;
};

}  // namespace palimpsest::ir::text
