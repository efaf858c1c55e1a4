// SPDX-License-Identifier: Apache-2.0
// Reads the declarations of a function before its first block: signatures, functions, stack slots,
// globals and alias regions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/text/foreign_words.hpp>
#include <palimpsest/ir/text/numbering.hpp>
#include <palimpsest/ir/text/term_reader.hpp>
#include <palimpsest/ir/text/token_stream.hpp>
#include <palimpsest/light_vector.hpp>
#include <utility>

namespace palimpsest::ir::text {

/// Reads the declarations of a function into it, and checks references to them. Its members throw
/// text::error.
template <class = void>
class basic_declaration_reader {
  public:
    basic_declaration_reader(token_stream& tokens, function_numbering& numbers,
                             function& into) noexcept
        : in_(tokens), terms_(tokens, numbers), numbers_(numbers), made_(into) {}

    /// Reads one declaration; false if there is none.
    bool read() {
        if (in_.numbered("block")) return false;
        for (auto at = static_cast<std::size_t>(numbered_kind::signature); at < numbered_kinds;
             ++at)
            if (const auto kind = static_cast<numbered_kind>(at); in_.numbered(prefix_of(kind))) {
                read_declaration(kind);
                return true;
            }
        if (!(in_.peek() == "stack_limit")) return refuse_foreign();
        read_stack_limit();
        return true;
    }
    /// Throws text::error unless everything that declarations refer to was declared, before or
    /// after them.
    void require_all() const {
        for (const auto kind : {numbered_kind::global, numbered_kind::region})
            for (const auto& one : awaited_)
                if (one.kind == kind) require_declared(kind, one.place, one.where);
    }

    /// Reads the name of an already declared entity, such as sig0, and returns its place.
    std::size_t read_reference(numbered_kind kind) {
        const auto where = in_.where();
        const auto place = terms_.read_declared_name(kind);
        require_declared(kind, place, where);
        return place;
    }
    /// Reads memory flags. A region among them must already be declared.
    memory_terms read_flags() {
        const auto made = terms_.read_flags();
        if (const auto region = made.flags.region())
            require_declared(numbered_kind::region, region.index(), made.region_at);
        return made;
    }

  private:
    /// A reference to an entity that may be declared later.
    struct reference {
        numbered_kind kind;
        std::size_t place;
        location where;
    };

    /// Reads a declaration such as `sig0 = (i32)`.
    void read_declaration(numbered_kind kind) {
        const auto where = in_.where();
        const auto number = *in_.numbered(prefix_of(kind));
        if (number >= most_entities)
            token_stream::fail_at(where,
                                  {in_.peek().text, ": numbers are less than ", most_entities});
        in_.take();
        terms_.refuse_fact();
        in_.expect("=");
        const auto place = place_to_declare(kind, number, where);
        switch (kind) {
            case numbered_kind::signature:
                return terms_.read_signature(row(made_.signatures, place));
            case numbered_kind::stack_slot:
                return read_stack_slot(row(made_.stack_slots, place));
            case numbered_kind::function:
                return read_function_ref(row(made_.functions, place));
            case numbered_kind::global:
                return read_global(row(made_.globals, place));
            default:
                return read_region(row(made_.regions, place));
        }
    }
    /// The row of a table at this place. Numbers may be skipped, as in Cranelift's files; nothing
    /// may then refer to them.
    template <class Entity, class Data>
    static Data& row(entity_table<Entity, Data>& table, std::size_t place) {
        while (table.size() <= place) table.add({});
        return table[Entity(place)];
    }
    /// Throws if there is an unsupported declaration, and returns false otherwise.
    bool refuse_foreign() const {
        for (const auto& feature : foreign_declarations)
            if (in_.numbered(feature.words)) in_.refuse(feature.name);
        return false;
    }

    std::size_t place_to_declare(numbered_kind kind, std::uint64_t number, location where) {
        const auto place = numbers_.of(kind).place_of(number);
        if (is_declared(kind, place))
            token_stream::fail_at(where, {prefix_of(kind), number, " is declared a second time"});
        note_declared(kind, place);
        return place;
    }
    bool is_declared(numbered_kind kind, std::size_t place) const noexcept {
        const auto& all = declared_[static_cast<std::size_t>(kind)];
        return place < all.size() && all[place];
    }
    [[gnu::noinline]] void require_declared(numbered_kind kind, std::size_t place,
                                            location where) const {
        if (!is_declared(kind, place)) terms_.fail_undeclared(where, kind, place);
    }
    [[gnu::noinline]] void note_declared(numbered_kind kind, std::size_t place) {
        auto& all = declared_[static_cast<std::size_t>(kind)];
        if (place >= all.size()) all.resize(place + 1);
        all[place] = true;
    }
    global_ref await_global() {
        const auto where = in_.where();
        const auto place = terms_.read_declared_name(numbered_kind::global);
        awaited_.push_back({numbered_kind::global, place, where});
        return global_ref(place);
    }

    /// Reads a stack limit and ignores it: a prologue would check it, but there is none here.
    void read_stack_limit() {
        if (std::exchange(has_stack_limit_, true))
            token_stream::fail_at(in_.where(), {"stack_limit is declared a second time"});
        in_.take();
        in_.expect("=");
        (void)await_global();
    }

    /// 0 "heap"
    void read_region(alias_region_data& into) {
        into.number = in_.take_unsigned("the number of an alias region in the whole program",
                                        alias_region_data::most_number);
        into.name.append(in_.take_string("the name of an alias region in quotation marks"));
    }

    void read_stack_slot(stack_slot_data& into) {
        if (in_.peek() == "explicit_dynamic_slot") in_.refuse("dynamic stack slots");
        if (!in_.take_if("explicit_slot") && !in_.take_if("spill_slot"))
            in_.fail({"'explicit_slot' and the slot's size"});
        into.size = static_cast<std::uint32_t>(
            in_.take_unsigned("the slot's size in bytes", stack_slot_data::most_size));
        while (in_.take_if(",")) {
            const auto where = in_.where();
            const auto word = in_.take_word("'align'");
            if (word == "key")
                token_stream::refuse_at(where, {"keys of stack slots are not supported"});
            if (word != "align") token_stream::fail_at(where, {"expected 'align'"});
            in_.expect("=");
            const auto align =
                in_.take_unsigned("an alignment in bytes", 1U << stack_slot_data::most_align_log2);
            if (align == 0 || (align & (align - 1)) != 0)
                token_stream::fail_at(where, {"an alignment is a power of 2"});
            while ((std::uint64_t{1} << into.align_log2) < align) ++into.align_log2;
        }
    }

    /// [colocated] %name sig0, or %name(i32) -> i32
    void read_function_ref(function_ref_data& into) {
        into.colocated = in_.take_if("colocated");
        if (in_.peek() == "patchable") in_.refuse("patchable functions");
        terms_.read_function_name("the name of a function, such as %name", into.name);
        into.signature = in_.peek() == "("
                             ? read_own_signature()
                             : signature_ref(read_reference(numbered_kind::signature));
    }
    /// Reads a signature that has no number.
    signature_ref read_own_signature() {
        const auto made = made_.signatures.add({});
        numbers_.of(numbered_kind::signature).skip(made.index());
        note_declared(numbered_kind::signature, made.index());
        terms_.read_signature(made_.signatures[made]);
        return made;
    }

    void read_global(global_data& into) {
        const auto where = in_.where();
        const auto word = in_.take_word("'vmctx', 'symbol', 'load' or 'iadd_imm'");
        if (word == "vmctx") return;
        if (word == "symbol") {
            into.is = global_data::kind::symbol;
            into.colocated = in_.take_if("colocated");
            if (in_.take_if("tls"))
                token_stream::refuse_at(where, {"thread-local symbols are not supported"});
            terms_.read_function_name("the name of a symbol, such as %name", into.symbol);
            into.offset = terms_.read_offset();
            return;
        }
        if (word == "dyn_scale_target_const")
            token_stream::refuse_at(where, {"dynamic vectors are not supported"});
        if (word != "load" && word != "iadd_imm")
            token_stream::fail_at(where, {"expected 'vmctx', 'symbol', 'load' or 'iadd_imm'"});
        in_.expect(".");
        into.type = terms_.read_type();
        into.is = word == "load" ? global_data::kind::load : global_data::kind::add;
        if (into.is == global_data::kind::load) {
            const auto read = terms_.read_flags();
            into.flags = read.flags;
            if (const auto region = into.flags.region())
                awaited_.push_back({numbered_kind::region, region.index(), read.region_at});
        }
        into.base = await_global();
        if (into.is == global_data::kind::load) {
            into.offset = terms_.read_offset();
        } else {
            in_.expect(",");
            into.offset = static_cast<std::int64_t>(terms_.read_immediate(type::i64));
        }
    }

    token_stream& in_;
    term_reader terms_;
    function_numbering& numbers_;
    function& made_;
    std::array<light_vector<bool>, numbered_kinds> declared_;  // by place
    light_vector<reference> awaited_;
    bool has_stack_limit_ = false;
};
using declaration_reader = basic_declaration_reader<>;

}  // namespace palimpsest::ir::text
