// SPDX-License-Identifier: Apache-2.0
// Simplifies integer operations using what is known about their operands: a constant becomes an
// immediate if the operation has such a form; an operation whose result is one of its operands, or
// a constant whatever they are, becomes that; and two operations with immediates become one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/semantics/commutation.hpp>
#include <palimpsest/ir/semantics/constant.hpp>
#include <palimpsest/ir/semantics/integer_operations.hpp>
#include <utility>

namespace palimpsest::pass::detail {

/// The form that takes its last operand as an immediate; nothing if there is none. Subtraction and
/// comparison need more changes.
constexpr std::optional<ir::opcode> immediate_form(ir::opcode of) noexcept {
    using ir::opcode;
    constexpr auto forms =
        std::to_array<std::pair<opcode, opcode>>({{opcode::iadd, opcode::iadd_imm},
                                                  {opcode::isub, opcode::iadd_imm},
                                                  {opcode::imul, opcode::imul_imm},
                                                  {opcode::udiv, opcode::udiv_imm},
                                                  {opcode::sdiv, opcode::sdiv_imm},
                                                  {opcode::urem, opcode::urem_imm},
                                                  {opcode::srem, opcode::srem_imm},
                                                  {opcode::band, opcode::band_imm},
                                                  {opcode::bor, opcode::bor_imm},
                                                  {opcode::bxor, opcode::bxor_imm},
                                                  {opcode::ishl, opcode::ishl_imm},
                                                  {opcode::ushr, opcode::ushr_imm},
                                                  {opcode::sshr, opcode::sshr_imm},
                                                  {opcode::rotl, opcode::rotl_imm},
                                                  {opcode::rotr, opcode::rotr_imm},
                                                  {opcode::icmp, opcode::icmp_imm}});
    for (const auto& [form, with_immediate] : forms)
        if (form == of) return with_immediate;
    return std::nullopt;
}

constexpr bool is_shift(ir::opcode of) noexcept {
    using ir::opcode;
    return of == opcode::ishl || of == opcode::ushr || of == opcode::sshr || of == opcode::rotl ||
           of == opcode::rotr;
}

/// Turns an instruction into a constant, its only result.
template <class = void>
void become_constant(ir::function& in, ir::inst which, std::uint64_t bits) {
    const auto first = in[which].results.begin;
    auto made =
        ir::semantics::constant_instruction(in.type_of(std::as_const(in).results(which)[0]), bits);
    made.results = {first, 1};
    in[which] = made;
}

/// Takes single steps, each of which leaves less to do.
template <class = void>
class basic_simplifier {
    using opcode = ir::opcode;

  public:
    explicit basic_simplifier(ir::function& of) noexcept : of_(of) {}

    /// The outcome of a step: nothing if there was nothing to do, no value if it changed the
    /// instruction in place, and otherwise the value that is the result.
    using step = std::optional<ir::value>;

    step simplify(ir::inst which) {
        const auto& data = of_[which];
        switch (ir::describe(data.code).shape) {
            case ir::format::values:
                if (data.code == opcode::select) return simplify_select(which);
                if (ir::is_integer(data.type)) break;
                return std::nullopt;
            case ir::format::int_compare:
                break;
            case ir::format::value_and_integer:
                return simplify_immediate(which);
            case ir::format::flags_and_values:
                if (data.code == opcode::bitcast) return simplify_bitcast(which);
                return std::nullopt;
            default:
                return std::nullopt;
        }
        switch (std::as_const(of_).arguments(which).size()) {
            case 1:
                return simplify_one(which);
            case 2:
                return simplify_two(which);
            default:
                return std::nullopt;
        }
    }

  private:
    static step in_place() noexcept { return ir::value(); }

    ir::value operand(ir::inst which, std::size_t place) noexcept {
        return of_.resolve_shortening(std::as_const(of_).arguments(which)[place]);
    }
    bool same_operands(ir::inst which, std::size_t one, std::size_t other) noexcept {
        return operand(which, one) == operand(which, other);
    }

    step simplify_select(ir::inst which) {
        if (same_operands(which, 1, 2)) return operand(which, 1);
        const auto condition = ir::semantics::constant(of_, operand(which, 0));
        if (condition) return operand(which, condition->bits != 0 ? 1 : 2);
        return std::nullopt;
    }

    step simplify_bitcast(ir::inst which) {
        const auto from = operand(which, 0);
        if (of_.type_of(from) == of_[which].type) return from;
        const auto* const inner = ir::semantics::definition(of_, from);
        if (inner == nullptr || inner->code != opcode::bitcast) return std::nullopt;
        return take_operand_of(which, *inner);
    }
    /// Makes the instruction use the operand of the inner one.
    step take_operand_of(ir::inst which, const ir::instruction& inner) {
        of_.arguments(which)[0] = of_.resolve_shortening(of_.list(inner.arguments)[0]);
        return in_place();
    }

    // One operand.

    step simplify_one(ir::inst which) {
        auto& data = of_[which];
        const auto* const inner = ir::semantics::definition(of_, operand(which, 0));
        if (inner == nullptr) return std::nullopt;
        const bool twice = inner->code == data.code;
        switch (data.code) {
            case opcode::ineg:
            case opcode::bnot:
                if (twice) return of_.resolve_shortening(of_.list(inner->arguments)[0]);
                break;
            case opcode::uextend:
                if (twice) return take_operand_of(which, *inner);
                break;
            case opcode::sextend:
                if (twice) return take_operand_of(which, *inner);
                if (inner->code != opcode::uextend) break;
                data.code = opcode::uextend;  // the sign bit is one of the zeros
                return take_operand_of(which, *inner);
            case opcode::ireduce:
                if (twice) return take_operand_of(which, *inner);
                if (inner->code == opcode::uextend || inner->code == opcode::sextend)
                    return simplify_reduced(which, *inner);
                break;
            default:
                break;
        }
        return std::nullopt;
    }
    /// Simplifies the reduction of an extended value: only its lowest bits are left.
    step simplify_reduced(ir::inst which, const ir::instruction& extended) {
        const auto from = of_.resolve_shortening(of_.list(extended.arguments)[0]);
        const auto has = ir::bits(of_.type_of(from));
        auto& data = of_[which];
        if (has == ir::bits(data.type)) return from;
        if (has < ir::bits(data.type)) data.code = extended.code;
        return take_operand_of(which, extended);
    }

    // Two operands.

    step simplify_two(ir::inst which) {
        if (const auto known = ir::semantics::constant(of_, operand(which, 1)))
            return with_immediate(which, known->bits);
        if (const auto known = ir::semantics::constant(of_, operand(which, 0)))
            return with_first_constant(which, known->bits);
        if (same_operands(which, 0, 1)) return simplify_same(which);
        return std::nullopt;
    }
    step with_immediate(ir::inst which, std::uint64_t bits) {
        auto& data = of_[which];
        const auto form = immediate_form(data.code);
        if (!form) return std::nullopt;
        if (data.code == opcode::isub) bits = 0 - bits;
        if (is_shift(data.code)) bits &= ir::bits(data.type) - 1;
        data.code = *form;
        set_immediate(data, bits);
        data.arguments.count = 1;
        return in_place();
    }
    static void set_immediate(ir::instruction& of, std::uint64_t bits) noexcept {
        of.immediate =
            ir::semantics::detail::as_bits(ir::semantics::detail::sign_extended(bits, of.type));
    }
    step with_first_constant(ir::inst which, std::uint64_t bits) {
        auto& data = of_[which];
        const auto arguments = of_.arguments(which);
        if (data.code == opcode::isub) {
            data.code = opcode::irsub_imm;
            set_immediate(data, bits);
            arguments[0] = arguments[1];
            data.arguments.count = 1;
            return in_place();
        }
        if (data.code == opcode::icmp)
            data.condition = static_cast<std::uint8_t>(ir::semantics::exchanged(data.compares()));
        else if (!(ir::semantics::is_commutative(data.code) && immediate_form(data.code)))
            return std::nullopt;
        std::swap(arguments[0], arguments[1]);
        return in_place();
    }
    step simplify_same(ir::inst which) {
        const auto& data = of_[which];
        switch (data.code) {
            case opcode::isub:
            case opcode::bxor:
            case opcode::band_not:
                return known(which, 0);
            case opcode::bor_not:
            case opcode::bxor_not:
                return known(which, ir::mask(data.type));
            case opcode::band:
            case opcode::bor:
            case opcode::smin:
            case opcode::smax:
            case opcode::umin:
            case opcode::umax:
            case opcode::avg_round:
                return operand(which, 0);
            case opcode::icmp:
                return known(which,
                             ir::semantics::detail::compares(data.compares(), 0, 0, data.type));
            default:
                return std::nullopt;
        }
    }
    /// Makes the result a constant, whatever the operands are.
    step known(ir::inst which, std::uint64_t bits) {
        become_constant(of_, which, bits);
        return in_place();
    }

    // An operand and an immediate.

    step simplify_immediate(ir::inst which) {
        const auto& data = of_[which];
        const auto all = ir::mask(data.type);
        const auto by = data.immediate & all;
        const auto unchanged = [&] { return operand(which, 0); };
        switch (data.code) {
            case opcode::iadd_imm:
            case opcode::bxor_imm:
                return by == 0 ? unchanged() : combine(which);
            case opcode::imul_imm:
                if (by == 0) return known(which, 0);
                return by == 1 ? unchanged() : combine(which);
            case opcode::band_imm:
                if (by == 0) return known(which, 0);
                return by == all ? unchanged() : combine(which);
            case opcode::bor_imm:
                if (by == all) return known(which, all);
                return by == 0 ? unchanged() : combine(which);
            case opcode::ishl_imm:
            case opcode::ushr_imm:
            case opcode::sshr_imm:
            case opcode::rotl_imm:
            case opcode::rotr_imm:
                if ((by & (ir::bits(data.type) - 1)) == 0) return unchanged();
                return std::nullopt;
            case opcode::udiv_imm:
            case opcode::sdiv_imm:
                if (by == 1) return unchanged();
                return std::nullopt;
            case opcode::urem_imm:
            case opcode::srem_imm:
                if (by == 1) return known(which, 0);
                return std::nullopt;
            default:
                return std::nullopt;
        }
    }
    /// Combines two instructions of the same operation, each with an immediate, into one.
    step combine(ir::inst which) {
        auto& data = of_[which];
        const auto* const inner = ir::semantics::definition(of_, operand(which, 0));
        if (inner == nullptr || inner->code != data.code) return std::nullopt;
        const auto by = inner->immediate;
        switch (data.code) {
            case opcode::iadd_imm:
                set_immediate(data, data.immediate + by);
                break;
            case opcode::imul_imm:
                set_immediate(data, data.immediate * by);
                break;
            case opcode::band_imm:
                set_immediate(data, data.immediate & by);
                break;
            case opcode::bor_imm:
                set_immediate(data, data.immediate | by);
                break;
            case opcode::bxor_imm:
                set_immediate(data, data.immediate ^ by);
                break;
            default:
                return std::nullopt;
        }
        return take_operand_of(which, *inner);
    }

    ir::function& of_;
};
using simplifier = basic_simplifier<>;

}  // namespace palimpsest::pass::detail
