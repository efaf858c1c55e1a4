// SPDX-License-Identifier: Apache-2.0
// Writes a function, instruction by instruction.
//
//     ir::function absolute("absolute", {{{ir::type::i32}}, {{ir::type::i32}}});
//     ir::function_builder to(absolute);
//     const auto entry = to.append_entry();
//     const auto negative = to.append_block();
//     const auto done = to.append_block({ir::type::i32});
//
//     to.switch_to(entry);
//     const auto number = to.parameter(entry);
//     const auto below = to.icmp_imm(ir::int_condition::slt, number, 0);
//     to.brif(below, negative, {done, {number}});
//     to.switch_to(negative);
//     to.jump({done, {to.unary(ir::opcode::ineg, number)}});
//     to.switch_to(done);
//     to.return_({to.parameter(done)});
//
// An instruction that would make the function malformed is refused where it is written: it throws
// std::invalid_argument with the message of ir::verify, and leaves the instructions unchanged. Only
// ir::verify, on the whole function, checks that a value is defined on every path to its use, and
// that each block is ended. An instruction costs its entries in the function's tables and a look at
// each operand.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <palimpsest/detail/concatenate.hpp>
#include <palimpsest/detail/name_table.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/semantics/result_types.hpp>
#include <palimpsest/ir/verifier.hpp>
#include <palimpsest/light_vector.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace palimpsest::ir {

/// The operands or arguments that a member of the builder takes: a list in braces, a vector or a
/// span. It refers to the values without copying them, so do not keep it.
class value_list {
  public:
    value_list() noexcept = default;
    explicit(false) value_list(std::initializer_list<value> all) noexcept : all_(span_of(all)) {}
    explicit(false) value_list(std::span<const value> all) noexcept : all_(all) {}
    explicit(false) value_list(const std::vector<value>& all) noexcept : all_(all) {}
    explicit(false) value_list(const light_vector<value>& all) noexcept
        : all_(all.data(), all.size()) {}

    std::span<const value> span() const noexcept { return all_; }

  private:
    // Takes a reference: the list lives until the end of the caller's full expression.
    static std::span<const value> span_of(const std::initializer_list<value>& all) noexcept {
        return {all.begin(), all.size()};
    }
    std::span<const value> all_;
};

/// The target of a branch: a block, and the arguments for its parameters. It does not copy the
/// arguments.
struct branch_target {
    explicit(false) branch_target(block next) noexcept : to(next) {}
    branch_target(block next, value_list passed) noexcept : to(next), arguments(passed) {}

    block to;
    value_list arguments;
};

/// Writes instructions into one function, which must outlive it. Unless its comment says otherwise,
/// a member throws std::invalid_argument if the instruction it is to write is malformed. Only one
/// thread at a time may use it.
template <class Tag = void>
class basic_function_builder {
  public:
    explicit basic_function_builder(function& of) noexcept : of_(of) {}

    // Declarations.

    /// Declares a signature, for calls. Returns an existing one if it is the same; takes time
    /// linear in the signatures.
    signature_ref declare_signature(const signature& as) { return place_in(of_.signatures, as); }
    /// Declares a function to call or to take the address of. Returns an existing one if it is the
    /// same; takes time linear in the functions.
    function_ref declare_function(std::string name, signature_ref as, bool colocated = false) {
        if (!of_.signatures.has(as)) refuse({"the signature is not declared"});
        const function_ref_data wanted{std::move(name), as, colocated};
        return place_in(of_.functions, wanted);
    }
    function_ref declare_function(std::string name, const signature& as, bool colocated = false) {
        return declare_function(std::move(name), declare_signature(as), colocated);
    }
    /// Declares a new stack slot with each call. `size` and `align` are in bytes, and `align` is a
    /// power of 2. Only ir::verify checks the limits of stack_slot_data.
    stack_slot declare_stack_slot(std::uint32_t size, std::uint32_t align = 1) {
        if (!std::has_single_bit(align)) refuse({"an alignment is a power of 2"});
        return of_.stack_slots.add({size, static_cast<std::uint8_t>(std::countr_zero(align))});
    }
    /// Declares a global. Returns an existing one if it is the same; takes time linear in the
    /// globals.
    global_ref declare_global(const global_data& wanted) {
        const bool has_base =
            wanted.is == global_data::kind::load || wanted.is == global_data::kind::add;
        if (has_base && !of_.globals.has(wanted.base))
            refuse({"the global's base is not declared"});
        if (wanted.type == type::none) refuse({"the global has no type"});
        return place_in(of_.globals, wanted);
    }
    /// Declares the alias region with this number, or returns the existing one, whatever its name.
    /// An access is in the region if its flags name it. Takes time logarithmic in the number of
    /// regions. Other code may add regions to the function meanwhile, but must not change any.
    alias_region declare_region(std::uint32_t number, std::string name = {}) {
        if (name.find('"') != std::string::npos) refuse({"a region's name has a quotation mark"});
        note_regions();
        const auto known = palimpsest::detail::concatenate({number});
        if (const auto place = regions_.find(known)) return alias_region(*place);
        regions_.add(known, of_.regions.size());
        return of_.regions.add({number, std::move(name)});
    }

    // Blocks.

    /// Makes the first block, with the parameters of the function's signature. Throws if the
    /// function already has a block, so call it before append_block().
    block append_entry() {
        if (of_.entry()) refuse({"the function has an entry already"});
        const auto made = of_.append_block();
        for (const auto& one : of_.signature.parameters) of_.append_parameter(made, one.type);
        return made;
    }
    /// Makes a block with parameters of these types, after all others.
    block append_block(std::initializer_list<type> parameters = {}) {
        const auto made = of_.append_block();
        for (const auto one : parameters) append_parameter(made, one);
        return made;
    }
    /// Adds a parameter to a block. Do so before the first branch to it is written.
    value append_parameter(block to, type as) {
        require_block(to);
        if (as == type::none) refuse({"a parameter has a type"});
        return of_.append_parameter(to, as);
    }
    value parameter(block of, std::size_t number = 0) const {
        require_block(of);
        const auto all = of_.parameters(of);
        if (number >= all.size()) refuse({"the block has no such parameter"});
        return all[number];
    }
    /// Marks a block as executed rarely. Throws for the entry.
    void set_cold(block which) {
        require_block(which);
        if (which == of_.entry()) refuse({"the entry is never cold"});
        of_.set_cold(which);
    }
    /// From now on, writes at the end of this block.
    void switch_to(block which) {
        require_block(which);
        here_ = which;
    }
    /// The block being written; none at first.
    block current() const noexcept { return here_; }
    /// Whether the current block has been ended, so that no more can be written there.
    bool is_ended() const noexcept {
        const auto last = here_ ? of_.last(here_) : inst();
        return last && ends_block(of_[last].code);
    }

    // Any instruction.

    /// Writes any instruction. `data` has the fields that its opcode needs, without lists and
    /// results; if its type is none, the operands determine it. For opcodes without a member of
    /// their own.
    inst append(instruction data, value_list operands = {},
                std::span<const branch_target> targets = {}) {
        if (!here_) refuse({"no block was switched to"});
        if (is_ended()) refuse({"instructions stand behind the end of the block"});
        if (!semantics::has_valid_reference(of_, data))
            refuse({"it refers to what is not declared"});
        require_values(operands);
        for (const auto& one : targets) require_values(one.arguments);
        if (!describe(data.code).has_controlling_type)
            data.type = type::none;
        else if (data.type == type::none)
            data.type = semantics::told_type(of_, data.code, operands.span());
        data.arguments = of_.add_values(operands.span());
        data.targets = add(targets);
        const auto made = of_.append(here_, data);
        const semantics::result_types results(of_, of_[made]);
        for (std::size_t place = 0; place < results.size(); ++place)
            of_.append_result(made, results[place]);
        require_verified(made);
        return made;
    }
    /// Writes an instruction with results, and returns the first one.
    value compute(instruction data, value_list operands) {
        const auto& is = describe(data.code);
        if (is.result_count == 0) refuse({is.name, " gives no result"});
        return of_.results(append(data, operands))[0];
    }
    std::span<const value> results(inst of) const noexcept { return of_.results(of); }

    // Constants.

    /// A constant integer: the low bits of `bits`, as many as the type has.
    value iconst(type as, std::int64_t bits) {
        return compute({.code = opcode::iconst,
                        .type = as,
                        .immediate = static_cast<std::uint64_t>(bits) & mask(as)},
                       {});
    }
    value f32const(float number) {
        return compute(
            {.code = opcode::f32const, .immediate = std::bit_cast<std::uint32_t>(number)}, {});
    }
    value f64const(double number) {
        return compute(
            {.code = opcode::f64const, .immediate = std::bit_cast<std::uint64_t>(number)}, {});
    }

    // Operations on values. `as` is the type of the result, if the operands do not determine it.

    value unary(opcode code, value of, type as = type::none) {
        return compute({.code = code, .type = as}, {of});
    }
    value binary(opcode code, value left, value right, type as = type::none) {
        return compute({.code = code, .type = as}, {left, right});
    }
    value ternary(opcode code, value first, value second, value third, type as = type::none) {
        return compute({.code = code, .type = as}, {first, second, third});
    }
    /// An operation on a value and a constant, such as iadd_imm.
    value binary_imm(opcode code, value left, std::int64_t right) {
        return compute({.code = code, .immediate = static_cast<std::uint64_t>(right)}, {left});
    }
    /// An operation such as uadd_overflow: the result, and an i8 that is 1 if the true result does
    /// not fit the type.
    std::pair<value, value> with_overflow(opcode code, value_list operands) {
        if (describe(code).result_count != 2) refuse({name(code), " does not tell of overflow"});
        const auto both = results(append({.code = code}, operands));
        return {both[0], both[1]};
    }
    /// The sum; traps with `code` if it does not fit the type.
    value uadd_overflow_trap(value left, value right, trap_code code) {
        return compute({.code = opcode::uadd_overflow_trap, .trap = code}, {left, right});
    }
    /// Compares two integers: an i8 that is 1 if the condition holds, and 0 otherwise.
    value icmp(int_condition is, value left, value right) {
        return compute({.code = opcode::icmp, .condition = static_cast<std::uint8_t>(is)},
                       {left, right});
    }
    /// Compares an integer with a constant, as icmp() does.
    value icmp_imm(int_condition is, value left, std::int64_t right) {
        return compute({.code = opcode::icmp_imm,
                        .condition = static_cast<std::uint8_t>(is),
                        .immediate = static_cast<std::uint64_t>(right)},
                       {left});
    }
    /// Compares two floating point numbers, as icmp() does integers.
    value fcmp(float_condition is, value left, value right) {
        return compute({.code = opcode::fcmp, .condition = static_cast<std::uint8_t>(is)},
                       {left, right});
    }
    /// One of two values: `then` if the condition is not 0. Both are always computed.
    value select(value condition, value then, value otherwise) {
        return ternary(opcode::select, condition, then, otherwise);
    }
    /// The same bits as a value of another type of the same size.
    value bitcast(type as, value of, memory_flags flags = {}) {
        return compute({.code = opcode::bitcast, .type = as, .flags = flags}, {of});
    }

    // Memory. Offsets are in bytes. An access that is not allowed traps with `code`.

    value load(type as, value address, std::int64_t offset = 0, memory_flags flags = {},
               trap_code code = trap_code::heap_out_of_bounds) {
        return load(opcode::load, as, address, offset, flags, code);
    }
    /// A load of another kind than `load`, such as uload8.
    value load(opcode which, type as, value address, std::int64_t offset = 0,
               memory_flags flags = {}, trap_code code = trap_code::heap_out_of_bounds) {
        return compute(access(which, as, offset, flags, code), {address});
    }
    inst store(value stored, value address, std::int64_t offset = 0, memory_flags flags = {},
               trap_code code = trap_code::heap_out_of_bounds) {
        return store(opcode::store, stored, address, offset, flags, code);
    }
    /// A store of another kind than `store`, such as istore8.
    inst store(opcode which, value stored, value address, std::int64_t offset = 0,
               memory_flags flags = {}, trap_code code = trap_code::heap_out_of_bounds) {
        return append(access(which, type::none, offset, flags, code), {stored, address});
    }
    /// Changes memory atomically, and returns its previous content.
    value atomic_rmw(atomic_operation does, value address, value operand, memory_flags flags = {},
                     trap_code code = trap_code::heap_out_of_bounds) {
        auto data = access(opcode::atomic_rmw, type::none, 0, flags, code);
        data.condition = static_cast<std::uint8_t>(does);
        return compute(data, {address, operand});
    }
    /// Atomically compares memory with `expected` and, if they are equal, writes `replacement`.
    /// Returns the previous content.
    value atomic_cas(value address, value expected, value replacement, memory_flags flags = {},
                     trap_code code = trap_code::heap_out_of_bounds) {
        return compute(access(opcode::atomic_cas, type::none, 0, flags, code),
                       {address, expected, replacement});
    }
    /// The address of a byte in a stack slot.
    value stack_addr(type as, stack_slot of, std::int64_t offset = 0) {
        return compute(with_entity(opcode::stack_addr, of, as, offset), {});
    }
    value stack_load(type as, stack_slot from, std::int64_t offset = 0) {
        return compute(with_entity(opcode::stack_load, from, as, offset), {});
    }
    inst stack_store(value stored, stack_slot to, std::int64_t offset = 0) {
        return append(with_entity(opcode::stack_store, to, type::none, offset), {stored});
    }
    /// The value of a global, of the global's type.
    value global_value(global_ref of) {
        if (!of_.globals.has(of)) refuse({"the global is not declared"});
        return compute(with_entity(opcode::global_value, of, of_.globals[of].type), {});
    }
    /// The address of a symbol, which is declared as a global.
    value symbol_value(type as, global_ref of) {
        return compute(with_entity(opcode::symbol_value, of, as), {});
    }
    /// The address of a function, for call_indirect().
    value func_addr(type as, function_ref of) {
        return compute(with_entity(opcode::func_addr, of, as), {});
    }

    // Calls. The spans of their results are valid until something else is written.

    std::span<const value> call(function_ref callee, value_list arguments = {}) {
        return results(append(with_entity(opcode::call, callee), arguments));
    }
    /// Calls the function at an address, which must have this signature. The interpreter traps if
    /// it has another one.
    std::span<const value> call_indirect(signature_ref as, value address,
                                         value_list arguments = {}) {
        return results(append(with_entity(opcode::call_indirect, as), behind(address, arguments)));
    }

    // Ends of blocks.

    inst jump(const branch_target& to) {
        return append({.code = opcode::jump}, {}, std::span(&to, 1));
    }
    /// Branches to `then` if the condition is not 0, and to `otherwise` if it is.
    inst brif(value condition, const branch_target& then, const branch_target& otherwise) {
        const std::array both{then, otherwise};
        return append({.code = opcode::brif}, {condition}, both);
    }
    /// Branches to the entry with this index; an index without an entry leads to `otherwise`.
    inst br_table(value index, const branch_target& otherwise,
                  std::span<const branch_target> entries) {
        light_vector<branch_target> all{otherwise};
        for (const auto& one : entries) all.push_back(one);
        return append({.code = opcode::br_table}, {index}, all);
    }
    inst br_table(value index, const branch_target& otherwise,
                  std::initializer_list<branch_target> entries) {
        return br_table(index, otherwise, std::span(entries.begin(), entries.size()));
    }
    inst return_(value_list values = {}) { return append({.code = opcode::return_}, values); }
    /// Calls a function instead of returning: its results are those of this function.
    inst return_call(function_ref callee, value_list arguments = {}) {
        return append(with_entity(opcode::return_call, callee), arguments);
    }
    /// The same for the function at an address.
    inst return_call_indirect(signature_ref as, value address, value_list arguments = {}) {
        return append(with_entity(opcode::return_call_indirect, as), behind(address, arguments));
    }

    // Traps.

    inst trap(trap_code code) { return append({.code = opcode::trap, .trap = code}); }
    /// Traps if the condition is 0.
    inst trapz(value condition, trap_code code) {
        return append({.code = opcode::trapz, .trap = code}, {condition});
    }
    /// Traps if the condition is not 0.
    inst trapnz(value condition, trap_code code) {
        return append({.code = opcode::trapnz, .trap = code}, {condition});
    }

  private:
    [[noreturn, gnu::noinline, gnu::cold]] void refuse(
        std::initializer_list<palimpsest::detail::text_part> why) const {
        throw std::invalid_argument(
            palimpsest::detail::concatenate({"palimpsest: function_builder: %", of_.name, ": ",
                                             palimpsest::detail::concatenate(why)}));
    }
    void require_block(block which) const {
        if (!of_.is_placed(which)) refuse({"there is no such block"});
    }
    void require_values(value_list all) const {
        for (const auto one : all.span())
            if (one.index() >= of_.value_count()) refuse({"there is no such value"});
    }
    /// Removes the instruction again if it is malformed.
    void require_verified(inst made) {
        const auto problems = verifier(of_).verify_alone(here_, made);
        if (problems.empty()) return;
        of_.remove(here_, made);
        refuse({problems.front().text});
    }

    template <class Entity, class Data>
    static Entity place_in(entity_table<Entity, Data>& table, const Data& wanted) {
        for (std::size_t place = 0; place < table.size(); ++place)
            if (table[Entity(place)] == wanted) return Entity(place);
        return table.add(wanted);
    }

    /// Records the first region of each number, including those that other code added.
    void note_regions() {
        for (; regions_seen_ < of_.regions.size(); ++regions_seen_) {
            const alias_region which(regions_seen_);
            regions_.add(palimpsest::detail::concatenate({of_.regions[which].number}),
                         regions_seen_);
        }
    }

    pool_run add(std::span<const branch_target> targets) {
        light_vector<block_call> made;
        made.reserve(targets.size());
        for (const auto& one : targets)
            made.push_back({one.to, of_.add_values(one.arguments.span())});
        return of_.add_targets(made);
    }

    static instruction access(opcode code, type as, std::int64_t offset, memory_flags flags,
                              trap_code trap) noexcept {
        return {.code = code,
                .type = as,
                .trap = trap,
                .flags = flags,
                .immediate = static_cast<std::uint64_t>(offset)};
    }
    template <class Entity>
    static instruction with_entity(opcode code, Entity of, type as = type::none,
                                   std::int64_t offset = 0) noexcept {
        return {.code = code,
                .type = as,
                .entity = static_cast<std::uint32_t>(of.index()),
                .immediate = static_cast<std::uint64_t>(offset)};
    }
    static light_vector<value> behind(value address, value_list arguments) {
        light_vector<value> all{address};
        all.append(arguments.span().data(), arguments.span().size());
        return all;
    }

    function& of_;
    block here_;
    palimpsest::detail::basic_name_table<Tag> regions_;  // by number, the first `regions_seen_`
    std::size_t regions_seen_ = 0;
};
using function_builder = basic_function_builder<>;

}  // namespace palimpsest::ir
