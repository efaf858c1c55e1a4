// SPDX-License-Identifier: Apache-2.0
// Reads the declarations of a function before its first block: signatures, functions, stack slots,
// globals and alias regions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/text/foreign_words.hpp>
#include <palimpsest/ir/text/numbering.hpp>
#include <palimpsest/ir/text/term_reader.hpp>
#include <palimpsest/ir/text/token_stream.hpp>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace palimpsest::ir::text {

/// Reads the declarations of a function into it, and checks references to them. Its members throw
/// text::error.
template <class = void>
class basic_declaration_reader {
  public:
    basic_declaration_reader(token_stream& tokens, function_numbering& numbers,
                             function& into) noexcept
        : in_(tokens), terms_(tokens, numbers), numbers_(numbers), made_(into) {}

    /// Reads one declaration; false when there is none.
    bool read() {
        if (in_.numbered("block")) return false;
        const auto where = in_.where();
        if (const auto signature = take_declared("sig"))
            declare(made_.signatures, *signature, where, terms_.read_signature());
        else if (const auto slot = take_declared("ss"))
            declare(made_.stack_slots, *slot, where, read_stack_slot());
        else if (const auto callee = take_declared("fn"))
            declare(made_.functions, *callee, where, read_function_ref());
        else if (const auto global = take_declared("gv"))
            declare(made_.globals, *global, where, read_global());
        else if (const auto region = take_declared("region"))
            declare(made_.regions, *region, where, read_region());
        else if (in_.peek() == "stack_limit")
            read_stack_limit();
        else
            return refuse_foreign();
        return true;
    }
    /// Throws text::error unless all that declarations refer to was declared, before them or
    /// behind.
    void require_all() const {
        std::apply([&](const auto&... all) { (all.require_awaited(terms_), ...); }, declared_);
    }

    /// Reads the name of an entity that is declared already, such as sig0.
    template <class Entity>
    Entity read_reference() {
        const auto where = in_.where();
        const auto made = terms_.read_declared_name<Entity>();
        require_declared(made, where);
        return made;
    }
    /// Reads memory flags. A region among them must be declared already.
    memory_terms read_flags() {
        const auto made = terms_.read_flags();
        if (made.flags.region()) require_declared(made.flags.region(), made.region_at);
        return made;
    }

  private:
    /// The entities of one kind that are declared, and those that a declaration refers to and that
    /// may be declared later.
    template <class Entity>
    struct declared {
        std::vector<bool> numbers;
        std::vector<std::pair<Entity, location>> awaited;

        bool has(Entity which) const {
            return which.index() < numbers.size() && numbers[which.index()];
        }
        void require_awaited(const term_reader& terms) const {
            for (const auto& [which, where] : awaited)
                if (!has(which)) terms.fail_undeclared(where, which);
        }
    };
    template <class Entity>
    auto& all_declared() {
        return std::get<declared<Entity>>(declared_);
    }

    /// Reads `sig0 =` and gives the number, or nothing when it is not there.
    std::optional<std::uint64_t> take_declared(std::string_view prefix) {
        const auto number = in_.numbered(prefix);
        if (!number) return std::nullopt;
        if (*number >= most_entities)
            in_.fail_at(in_.where(), std::string(in_.peek().text) + ": numbers are less than " +
                                         std::to_string(most_entities));
        in_.take();
        terms_.refuse_fact();
        in_.expect("=");
        return number;
    }
    /// Throws when there is a declaration that is not supported, and gives false otherwise.
    bool refuse_foreign() const {
        for (const auto& feature : foreign_declarations)
            if (in_.numbered(feature.words))
                throw unsupported(in_.where(), std::string(feature.name) + " are not supported");
        return false;
    }

    /// Numbers may be left out, as Cranelift's files do; nothing may refer to them then.
    template <class Entity, class Data>
    void declare(entity_table<Entity, Data>& table, std::uint64_t number, location where,
                 Data data) {
        const auto made = numbers_.of<Entity>().entity_of(number);
        if (all_declared<Entity>().has(made))
            in_.fail_at(where, Entity::kind::prefix + std::to_string(number) +
                                   " is declared a second time");
        if (!table.has(made)) table.resize(made.index() + 1);
        table[made] = std::move(data);
        note_declared(made);
    }
    template <class Entity>
    void require_declared(Entity which, location where) {
        if (!all_declared<Entity>().has(which)) terms_.fail_undeclared(where, which);
    }
    template <class Entity>
    void note_declared(Entity which) {
        auto& all = all_declared<Entity>().numbers;
        if (which.index() >= all.size()) all.resize(which.index() + 1);
        all[which.index()] = true;
    }
    /// Notes a reference to an entity that may be declared later.
    template <class Entity>
    void await(Entity which, location where) {
        all_declared<Entity>().awaited.emplace_back(which, where);
    }
    global_ref await_global() {
        const auto where = in_.where();
        const auto made = terms_.read_declared_name<global_ref>();
        await(made, where);
        return made;
    }

    /// Reads a stack limit and ignores it: a prologue would check it, and there is none here.
    void read_stack_limit() {
        if (std::exchange(has_stack_limit_, true))
            in_.fail_at(in_.where(), "stack_limit is declared a second time");
        in_.take();
        in_.expect("=");
        (void)await_global();
    }

    /// 0 "heap"
    alias_region_data read_region() {
        alias_region_data made;
        made.number = in_.take_unsigned("the number of an alias region in the whole program",
                                        alias_region_data::most_number);
        made.name = in_.take_string("the name of an alias region in quotation marks");
        return made;
    }

    stack_slot_data read_stack_slot() {
        stack_slot_data made;
        if (in_.peek() == "explicit_dynamic_slot")
            throw unsupported(in_.where(), "dynamic stack slots are not supported");
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
        if (in_.peek() == "patchable")
            throw unsupported(in_.where(), "patchable functions are not supported");
        made.name = terms_.read_function_name("the name of a function, such as %name");
        made.signature = in_.peek() == "(" ? signature_of(terms_.read_signature())
                                           : read_reference<signature_ref>();
        return made;
    }
    signature_ref signature_of(signature read) {
        const auto made = made_.signatures.add(std::move(read));
        numbers_.of<signature_ref>().skip(made);
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
                throw unsupported(where, "dynamic vectors are not supported");
            in_.fail_at(where, "expected 'vmctx', 'symbol', 'load' or 'iadd_imm'");
        }
        in_.expect(".");
        made.type = terms_.read_type();
        made.is = word == "load" ? global_data::kind::load : global_data::kind::add;
        if (made.is == global_data::kind::load) {
            const auto read = terms_.read_flags();
            made.flags = read.flags;
            if (made.flags.region()) await(made.flags.region(), read.region_at);
        }
        made.base = await_global();
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
    function_numbering& numbers_;
    function& made_;
    std::tuple<declared<signature_ref>, declared<stack_slot>, declared<function_ref>,
               declared<global_ref>, declared<alias_region>>
        declared_;
    bool has_stack_limit_ = false;
};
using declaration_reader = basic_declaration_reader<>;

}  // namespace palimpsest::ir::text
