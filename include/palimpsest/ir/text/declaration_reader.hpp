// Reads what a function declares before its first block: signatures, functions, stack slots and
// globals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/text/term_reader.hpp>
#include <palimpsest/ir/text/token_stream.hpp>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace palimpsest::ir::text {

template <class = void>
class basic_declaration_reader {
  public:
    basic_declaration_reader(token_stream& tokens, function& into) noexcept
        : in_(tokens), terms_(tokens), made_(into) {}

    /// A declaration and true, or nothing and false when there is none.
    bool read() {
        if (in_.numbered("block")) return false;
        const auto where = in_.where();
        if (const auto number = in_.numbered("sig")) {
            in_.take();
            in_.expect("=");
            declare(made_.signatures, *number, where, terms_.read_signature());
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

    /// Of what is declared already, such as sig0.
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

  private:
    // Numbers as large as these come from no program, and would only make tables large.
    static constexpr std::uint64_t most_declarations = 1U << 16U;

    template <class Entity>
    struct declared {
        std::vector<bool> numbers;
    };

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

    stack_slot_data read_stack_slot() {
        stack_slot_data made;
        if (!in_.take_if("explicit_slot") && !in_.take_if("spill_slot"))
            in_.fail("'explicit_slot' and the slot's size");
        made.size = static_cast<std::uint32_t>(
            in_.take_unsigned("the slot's size in bytes", stack_slot_data::most_size));
        while (in_.take_if(",")) {
            const auto where = in_.where();
            const auto word = in_.take_word("'align'");
            if (word == "key") throw unsupported(where, "keys of stack slots are not supported");
            if (word != "align") in_.fail_at(where, "expected 'align'");
            in_.expect("=");
            const auto align =
                in_.take_unsigned("an alignment in bytes", 1U << stack_slot_data::most_align_log2);
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
        made.name = terms_.read_function_name("the name of a function, such as %name");
        made.signature = in_.peek() == "(" ? signature_of(terms_.read_signature())
                                           : read_reference<signature_ref>();
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
            made.symbol = terms_.read_function_name("the name of a symbol, such as %name");
            made.offset = terms_.read_offset();
            return made;
        }
        if (word != "load" && word != "iadd_imm") {
            if (word == "dyn_scale_target_const")
                throw unsupported(where, "vectors are not supported");
            in_.fail_at(where, "expected 'vmctx', 'symbol', 'load' or 'iadd_imm'");
        }
        in_.expect(".");
        made.type = terms_.read_type();
        made.is = word == "load" ? global_data::kind::load : global_data::kind::add;
        if (made.is == global_data::kind::load) {
            std::optional<trap_code> code;
            made.flags = terms_.read_flags(code);
        }
        made.base = read_reference<global_ref>();
        if (made.is == global_data::kind::load)
            made.offset = terms_.read_offset();
        else {
            in_.expect(",");
            made.offset = static_cast<std::int64_t>(terms_.read_immediate(type::i64));
        }
        return made;
    }

    token_stream& in_;
    term_reader terms_;
    function& made_;
    std::tuple<declared<signature_ref>, declared<stack_slot>, declared<function_ref>,
               declared<global_ref>>
        declared_;
};
using declaration_reader = basic_declaration_reader<>;

}  // namespace palimpsest::ir::text
