// SPDX-License-Identifier: Apache-2.0
// A function prepared to run: its instructions one after the other, with aliases resolved and
// branches as instruction numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/semantics/operations.hpp>
#include <span>
#include <vector>

namespace palimpsest::ir::detail {

/// A value's number is also its register in a frame.
using register_number = std::uint32_t;

struct step {
    opcode code = opcode::nop;
    ir::type type = ir::type::none;
    std::uint8_t condition = 0;
    trap_code trap;
    bool is_big_endian = false;
    ir::type source = ir::type::none;  // of the first operand
    bool needs_only_operands = false;
    ir::type result_type = ir::type::none;  // of the first result
    std::uint32_t entity = 0;
    register_number result = 0;
    register_number second_result = 0;
    register_number first = 0;
    register_number second = 0;
    register_number third = 0;
    std::uint32_t arguments_begin = 0;  // in `registers`, of calls and returns
    std::uint32_t arguments_count = 0;
    std::uint32_t results_begin = 0;  // in `registers`
    std::uint32_t targets_begin = 0;  // in `targets`
    std::uint32_t targets_count = 0;
    std::uint64_t immediate = 0;
    inst origin;
};

struct target {
    std::uint32_t step = 0;
    std::uint32_t from = 0;  // in `registers`: the arguments, then as many parameters
    std::uint32_t count = 0;
};

/// The target of a function reference, once it has been looked up.
struct callee {
    enum class kind : std::uint8_t { unknown, function, host, other_types };

    kind is = kind::unknown;
    std::uint32_t number = 0;  // of a function, in the module
};

template <class Tag = void>
class basic_code {
  public:
    /// `of` must be well-formed, and outlive this.
    explicit basic_code(const function& of) : of_(of), callees_(of.functions.size()) {
        std::vector<std::uint32_t> begins(of.block_count());
        for (const auto block : of.blocks()) {
            begins[block.index()] = static_cast<std::uint32_t>(steps_.size());
            for (const auto which : of.instructions(block)) steps_.push_back(translate(which));
        }
        for (auto& one : targets_) one.step = begins[one.step];
        lay_out_slots();
    }

    const function& of() const noexcept { return of_; }
    const step* begin() const noexcept { return steps_.data(); }
    std::span<const register_number> registers(std::uint32_t from, std::uint32_t count) const {
        return std::span(registers_).subspan(from, count);
    }
    std::span<const target> targets(const step& of) const noexcept {
        return std::span(targets_).subspan(of.targets_begin, of.targets_count);
    }
    const target* first_target(const step& of) const noexcept {
        return targets_.data() + of.targets_begin;
    }
    /// The target of a function reference. Unknown at first: the first call looks it up and stores
    /// it.
    callee& callee_of(function_ref which) noexcept { return callees_[which.index()]; }
    std::size_t register_count() const noexcept { return of_.value_count(); }
    /// The bytes of all stack slots together.
    std::size_t stack_bytes() const noexcept { return stack_bytes_; }
    std::size_t slot_offset(std::uint32_t slot) const noexcept { return slot_offsets_[slot]; }

  private:
    register_number register_of(value which) const noexcept {
        return static_cast<register_number>(of_.resolve(which).index());
    }

    step translate(inst which) {
        const auto& data = of_[which];
        const auto arguments = of_.arguments(which);
        const auto results = of_.results(which);
        step made;
        made.code = data.code;
        made.needs_only_operands = ir::semantics::needs_only_operands(data.code);
        made.type = data.type;
        made.condition = data.condition;
        made.trap = data.trap;
        made.is_big_endian = data.flags.has(memory_flags::big);
        made.entity = data.entity;
        made.immediate = data.immediate;
        made.origin = which;
        if (!arguments.empty()) {
            made.source = of_.type_of(arguments[0]);
            made.first = register_of(arguments[0]);
        }
        if (arguments.size() > 1) made.second = register_of(arguments[1]);
        if (arguments.size() > 2) made.third = register_of(arguments[2]);
        if (!results.empty()) {
            made.result_type = of_.type_of(results[0]);
            made.result = register_of(results[0]);
        }
        if (results.size() > 1) made.second_result = register_of(results[1]);
        if (describe(data.code).any_more_operands) {
            made.arguments_begin = add(arguments);
            made.arguments_count = static_cast<std::uint32_t>(arguments.size());
            made.results_begin = add(results);
        }
        made.targets_begin = static_cast<std::uint32_t>(targets_.size());
        for (const auto& one : of_.targets(which)) add(one);
        made.targets_count = static_cast<std::uint32_t>(targets_.size()) - made.targets_begin;
        return made;
    }

    std::uint32_t add(std::span<const value> all) {
        const auto begin = registers_.size();
        for (const auto one : all) registers_.push_back(register_of(one));
        return static_cast<std::uint32_t>(begin);
    }
    /// Adds a target. Its step is the block number until all steps are known.
    void add(const block_call& to) {
        const auto from = add(of_.arguments(to));
        (void)add(of_.parameters(to.to));
        targets_.push_back({static_cast<std::uint32_t>(to.to.index()), from,
                            static_cast<std::uint32_t>(of_.arguments(to).size())});
    }

    void lay_out_slots() {
        for (const auto& slot : of_.stack_slots) {
            const auto align = std::size_t{1} << slot.align_log2;
            stack_bytes_ = (stack_bytes_ + align - 1) / align * align;
            slot_offsets_.push_back(stack_bytes_);
            stack_bytes_ += slot.size;
        }
        constexpr std::size_t frame_align = 16;
        stack_bytes_ = (stack_bytes_ + frame_align - 1) / frame_align * frame_align;
    }

    const function& of_;
    palimpsest::detail::dependent<std::vector<step>, Tag> steps_;
    palimpsest::detail::dependent<std::vector<register_number>, Tag> registers_;
    palimpsest::detail::dependent<std::vector<target>, Tag> targets_;
    palimpsest::detail::dependent<std::vector<callee>, Tag> callees_;
    palimpsest::detail::dependent<std::vector<std::size_t>, Tag> slot_offsets_;
    std::size_t stack_bytes_ = 0;
};
using code = basic_code<>;

}  // namespace palimpsest::ir::detail
