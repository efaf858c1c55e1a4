// SPDX-License-Identifier: Apache-2.0
// How inline_call() accesses ir::function.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/detail/name_table.hpp>
#include <palimpsest/inline/concepts.hpp>
#include <palimpsest/ir/analysis/successor_view.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/light_vector.hpp>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace palimpsest::inlining {

namespace detail {
/// The values, one by one, with aliases resolved.
template <class = void>
class basic_resolved_view {
  public:
    basic_resolved_view(const ir::function& of, std::span<const ir::value> all) noexcept
        : of_(of), all_(all) {}

    class iterator {
      public:
        iterator(const ir::function& of, const ir::value* at) noexcept : of_(of), at_(at) {}
        ir::value operator*() const noexcept { return of_.resolve(*at_); }
        iterator& operator++() noexcept {
            ++at_;
            return *this;
        }
        bool operator==(const iterator& other) const noexcept { return at_ == other.at_; }

      private:
        const ir::function& of_;
        const ir::value* at_;
    };
    iterator begin() const noexcept { return {of_, all_.data()}; }
    iterator end() const noexcept { return {of_, all_.data() + all_.size()}; }

  private:
    const ir::function& of_;
    std::span<const ir::value> all_;
};
using resolved_view = basic_resolved_view<>;
}  // namespace detail

/// The adapter for ir::function, for one caller. Signatures, function references, symbols and alias
/// regions of callees are merged into the caller's tables, each once; regions are the same if their
/// numbers are. Stack slots of a callee are added only once too, since only one of its bodies runs
/// at a time; a body within a body of the same callee gets slots of its own. As in CLIF, a slot's
/// content is undefined until the callee writes to it.
template <class Tag = void>
class basic_ir_adapter {
  public:
    using function = ir::function;
    using block = ir::block;
    using instruction = ir::inst;
    using value = ir::value;

    explicit basic_ir_adapter(const function& caller) {
        std::size_t number = 0;
        for (const auto& one : caller.signatures) number_of(one, number++);
        number = 0;
        for (const auto& one : caller.functions) {
            // If a signature is declared twice, the first stands for both.
            if (!one.is_left_out())
                number_of(one, number_of(caller.signatures[one.signature], 0), number);
            ++number;
        }
        number = 0;
        for (const auto& one : caller.globals) {
            if (one.is == ir::global_data::kind::symbol) number_of(one, number);
            ++number;
        }
        number = 0;
        for (const auto& one : caller.regions) {
            if (!one.is_left_out()) number_of(one, number);
            ++number;
        }
    }

    // Inspecting a function.

    static block entry(const function& of) noexcept { return of.entry(); }
    static auto blocks(const function& of) noexcept { return of.blocks(); }
    static auto instructions(const function& of, block in) noexcept { return of.instructions(in); }
    static auto parameters(const function& of, block in) noexcept { return of.parameters(in); }
    static std::size_t value_count(const function& of) noexcept { return of.value_count(); }
    static std::size_t block_count(const function& of) noexcept { return of.block_count(); }
    static std::size_t index(value of) noexcept { return of.index(); }
    static std::size_t index(block of) noexcept { return of.index(); }

    static ir::analysis::successor_view successors(const function& of, block from) noexcept {
        return {of, from};
    }
    static instruction_role role(const function& of, instruction which) noexcept {
        switch (of[which].code) {
            case ir::opcode::return_:
                return instruction_role::returns;
            case ir::opcode::return_call:
            case ir::opcode::return_call_indirect:
                return instruction_role::calls_last;
            default:
                return instruction_role::plain;
        }
    }
    /// The values that a return returns, with aliases resolved, since aliases are not copied.
    static auto returned(const function& of, instruction which) noexcept {
        return detail::resolved_view(of, of.arguments(which));
    }

    // Inspecting a call.

    static bool is_tail_call(const function& of, instruction call) noexcept {
        return ir::ends_block(of[call].code);
    }
    static std::span<const value> call_arguments(const function& of, instruction call) noexcept {
        return of.arguments(call);
    }
    static std::span<const value> call_results(const function& of, instruction call) noexcept {
        return of.results(call);
    }

    // Changing the caller.

    /// Prepares to inline `callee` at a call in block `at`. Stack slots are added at once; other
    /// entities that the callee refers to are merged when the first reference is copied.
    void begin(function& caller, block at, const function& callee) {
        bodies_.push_back({body_of(at)});
        if (!callee.stack_slots.empty()) merge_slots(caller, callee);
        merged_signatures_.assign(callee.signatures.size(), {});
        merged_functions_.assign(callee.functions.size(), {});
        merged_regions_.assign(callee.regions.size(), {});
    }
    /// Adds an empty block after another one, cold if the callee's block `like` is.
    block new_block(function& caller, block behind, const function& callee, block like) {
        const auto made = place_block(caller, behind, bodies_.size() - 1);
        caller.set_cold(made, callee.is_cold(like));
        return made;
    }
    /// Moves the instructions after `call` to a new block, and returns that block.
    block split_behind(function& caller, block at, instruction call) {
        const auto made = place_block(caller, at, body_of(at));
        if (const auto next = caller.next(call)) caller.split(at, next, made);
        caller.set_cold(made, caller.is_cold(at));
        return made;
    }
    /// Adds a parameter to a block, with the type that the value `like` has in `from`.
    static value add_parameter(function& caller, block to, const function& from, value like) {
        return caller.append_parameter(to, from.type_of(from.resolve(like)));
    }
    static void append_jump(function& caller, block from, block to,
                            std::span<const value> arguments) {
        const ir::block_call target{to, caller.add_values(arguments)};
        ir::instruction jump;
        jump.code = ir::opcode::jump;
        jump.targets = caller.add_targets({&target, 1});
        caller.append(from, jump);
    }
    /// Makes all uses of `old` mean `by` from now on.
    static void replace(function& caller, value old, value by) { caller.make_alias(old, by); }
    static void erase(function& caller, block in, instruction which) noexcept {
        caller.remove(in, which);
    }

    /// Appends a copy of an instruction of the callee, with its operands mapped by `remap`, and
    /// binds its results there.
    template <class Remap>
    void append_copy(function& caller, block to, const function& callee, instruction which,
                     Remap& remap) {
        if (callee[which].code == ir::opcode::global_value) {
            const auto result = callee.results(which)[0];
            return remap.bind_value(
                result, value_of(caller, to, callee, callee[which].as<ir::global_ref>(), remap));
        }
        const auto made = caller.append(to, copied(caller, callee, which, remap));
        for (const auto one : callee.results(which))
            remap.bind_value(one, caller.append_result(made, callee.type_of(one)));
    }

    /// Appends a tail call of the callee as a plain call, and returns its results.
    template <class Remap>
    light_vector<value> append_call(function& caller, block to, const function& callee,
                                    instruction which, Remap& remap) {
        ir::instruction data = copied(caller, callee, which, remap);
        const bool direct = data.code == ir::opcode::return_call;
        data.code = direct ? ir::opcode::call : ir::opcode::call_indirect;
        const auto made = caller.append(to, data);
        const auto as = direct ? caller.functions[data.as<ir::function_ref>()].signature
                               : data.as<ir::signature_ref>();
        light_vector<value> results;
        for (std::size_t index = 0; index < caller.signatures[as].results.size(); ++index)
            results.push_back(
                caller.append_result(made, caller.signatures[as].results[index].type));
        return results;
    }

  private:
    static constexpr std::size_t no_body = ~std::size_t{0};

    /// A copy of a callee's blocks.
    struct body {
        std::size_t around = no_body;  // the body that encloses it; none: the caller itself
        std::size_t callee = 0;        // a number for the callee, if it has stack slots
    };

    std::size_t body_of(block of) const noexcept {
        return of.index() < body_of_block_.size() ? body_of_block_[of.index()] : no_body;
    }
    block place_block(function& caller, block behind, std::size_t owner) {
        const auto made = caller.make_block();
        caller.place_after(made, behind);
        body_of_block_.resize(made.index() + 1, no_body);
        body_of_block_[made.index()] = owner;
        return made;
    }
    static bool are_slots(const function& caller, std::size_t begin, const function& callee) {
        if (begin + callee.stack_slots.size() > caller.stack_slots.size()) return false;
        for (const auto& one : callee.stack_slots)
            if (caller.stack_slots[ir::stack_slot(begin++)] != one) return false;
        return true;
    }
    /// Finds stack slots for the last of `bodies_`, or adds some.
    void merge_slots(function& caller, const function& callee) {
        const auto called = number_of('c', 0, 0, callee.name, bodies_.size());
        bodies_.back().callee = called;
        std::size_t nested = 0;  // bodies of the callee around this one
        for (auto one = bodies_.back().around; one != no_body; one = bodies_[one].around)
            nested += bodies_[one].callee == called ? 1 : 0;
        const auto next = caller.stack_slots.size();
        auto& begin = number_of('k', nested, callee.stack_slots.size(), callee.name, next);
        if (!are_slots(caller, begin, callee)) {  // the first, or the callee has changed
            begin = next;
            for (const auto& one : callee.stack_slots) caller.stack_slots.add(one);
        }
        slots_begin_ = begin;
    }

    // The numbers of merged entities, by key. Keys are equal if one entity can serve for both. Each
    // function returns the known number, or records `next`.

    [[gnu::noinline]] std::size_t& number_of(char kind, std::uint64_t one, std::uint64_t other,
                                             std::string_view name, std::size_t next) {
        std::array<char, 17> fields{kind};
        std::memcpy(fields.data() + 1, &one, sizeof one);
        std::memcpy(fields.data() + 9, &other, sizeof other);
        std::string key(fields.data(), fields.size());
        key += name;
        return numbers_.number_of(key, next);
    }
    [[gnu::noinline]] std::size_t number_of(const ir::signature& of, std::size_t next) {
        static_assert(std::has_unique_object_representations_v<ir::parameter>);
        std::string types;
        for (const auto* all : {&of.results, &of.parameters})
            types.append(reinterpret_cast<const char*>(all->data()),
                         all->size() * sizeof(ir::parameter));
        return number_of('s', static_cast<std::uint64_t>(of.convention), of.results.size(), types,
                         next);
    }
    /// `sig` is the number of the function's signature.
    std::size_t number_of(const ir::function_ref_data& of, std::size_t signature,
                          std::size_t next) {
        return number_of('f', signature, of.colocated ? 1 : 0, of.name, next);
    }
    std::size_t number_of(const ir::global_data& symbol, std::size_t next) {
        return number_of('g', static_cast<std::uint64_t>(symbol.offset), symbol.colocated ? 1 : 0,
                         symbol.symbol, next);
    }
    std::size_t number_of(const ir::alias_region_data& of, std::size_t next) {
        return number_of('r', of.number, 0, {}, next);
    }

    ir::signature_ref merge(function& caller, const function& callee, ir::signature_ref which) {
        auto& known = merged_signatures_[which.index()];
        if (known) return known;
        const auto& data = callee.signatures[which];
        known = ir::signature_ref(number_of(data, caller.signatures.size()));
        if (!caller.signatures.has(known)) caller.signatures.add(data);
        return known;
    }
    ir::function_ref merge(function& caller, const function& callee, ir::function_ref which) {
        auto& known = merged_functions_[which.index()];
        if (known) return known;
        const auto signature = merge(caller, callee, callee.functions[which].signature);
        known = ir::function_ref(
            number_of(callee.functions[which], signature.index(), caller.functions.size()));
        if (!caller.functions.has(known)) {
            caller.functions.add(callee.functions[which]);
            caller.functions[known].signature = signature;
        }
        return known;
    }
    ir::memory_flags merge(function& caller, const function& callee, ir::memory_flags flags) {
        if (!flags.region()) return flags;
        auto& known = merged_regions_[flags.region().index()];
        if (!known) {
            const auto& data = callee.regions[flags.region()];
            known = ir::alias_region(number_of(data, caller.regions.size()));
            if (!caller.regions.has(known)) caller.regions.add(data);
        }
        return flags.in(known);
    }
    ir::global_ref merge_symbol(function& caller, const ir::global_data& data) {
        const ir::global_ref made(number_of(data, caller.globals.size()));
        if (!caller.globals.has(made)) caller.globals.add(data);
        return made;
    }

    template <class Remap>
    ir::instruction copied(function& caller, const function& callee, instruction which,
                           Remap& remap) {
        auto made = callee[which];
        const auto mapped = [&](value one) { return remap.value_of(callee.resolve(one)); };
        made.results = {};
        made.arguments = caller.add_values(callee.arguments(which), mapped);
        made.targets = caller.add_targets(callee.targets(which), [&](const ir::block_call& one) {
            return ir::block_call{remap.block_of(one.to),
                                  caller.add_values(callee.arguments(one), mapped)};
        });
        made.entity = merged_reference(caller, callee, made);
        made.flags = merge(caller, callee, made.flags);
        return made;
    }
    std::uint32_t merged_reference(function& caller, const function& callee,
                                   const ir::instruction& of) {
        switch (ir::describe(of.code).shape) {
            case ir::format::call:
            case ir::format::function:
                return number(merge(caller, callee, of.as<ir::function_ref>()));
            case ir::format::call_indirect:
                return number(merge(caller, callee, of.as<ir::signature_ref>()));
            case ir::format::stack:
            case ir::format::stack_store:
                return static_cast<std::uint32_t>(slots_begin_ + of.entity);
            case ir::format::global:
                return number(merge_symbol(caller, callee.globals[of.as<ir::global_ref>()]));
            default:
                return of.entity;
        }
    }
    template <class Entity>
    static std::uint32_t number(Entity of) noexcept {
        return static_cast<std::uint32_t>(of.index());
    }

    /// A global of the callee, computed in the caller: the callee's vmctx is an argument of the
    /// call, not the caller's own.
    template <class Remap>
    value value_of(function& caller, block to, const function& callee, ir::global_ref which,
                   Remap& remap) {
        const auto& data = callee.globals[which];
        if (data.is == ir::global_data::kind::vmctx) return remap.value_of(vmctx_of(callee));
        ir::instruction made;
        made.type = data.type;
        if (data.is == ir::global_data::kind::symbol) {
            made.code = ir::opcode::symbol_value;
            made.entity = number(merge_symbol(caller, data));
        } else {
            const auto base = value_of(caller, to, callee, data.base, remap);
            made.arguments = caller.add_values({&base, 1});
            made.immediate = static_cast<std::uint64_t>(data.offset);
            made.code =
                data.is == ir::global_data::kind::load ? ir::opcode::load : ir::opcode::iadd_imm;
            made.flags = merge(caller, callee, data.flags);
            made.trap = ir::trap_code::heap_out_of_bounds;
        }
        return caller.append_result(caller.append(to, made), data.type);
    }
    static value vmctx_of(const function& callee) noexcept {
        const auto place = ir::place_of_vmctx(callee.signature);
        if (place == callee.signature.parameters.size()) return {};
        return callee.parameters(callee.entry())[place];
    }

    palimpsest::detail::basic_name_table<Tag> numbers_;  // by key
    light_vector<body> bodies_;
    light_vector<std::size_t> body_of_block_;
    // Of the callee being inlined.
    std::size_t slots_begin_ = 0;
    light_vector<ir::signature_ref> merged_signatures_;
    light_vector<ir::function_ref> merged_functions_;
    light_vector<ir::alias_region> merged_regions_;
};
using ir_adapter = basic_ir_adapter<>;

}  // namespace palimpsest::inlining
