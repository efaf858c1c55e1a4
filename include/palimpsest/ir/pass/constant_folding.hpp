// SPDX-License-Identifier: Apache-2.0
// Computes instructions whose operands are all constants, by the very operations that the
// interpreter runs; moves a constant operand into the instruction where there is a form for it; and
// simplifies integer operations whose result is one of their operands, or a constant whatever the
// operands are. Instructions that would trap are left alone. Linear: one walk, definitions before
// their uses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/ir/analysis/post_order.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/semantics/evaluate.hpp>
#include <span>
#include <utility>

namespace palimpsest::pass {

namespace detail {

/// The form that takes its last operand as an immediate; nothing where there is none. Subtraction
/// and comparison differ in more.
constexpr std::optional<ir::opcode> immediate_form(ir::opcode of) noexcept {
    using ir::opcode;
    constexpr std::pair<opcode, opcode> forms[] = {
        {opcode::iadd, opcode::iadd_imm}, {opcode::isub, opcode::iadd_imm},
        {opcode::imul, opcode::imul_imm}, {opcode::udiv, opcode::udiv_imm},
        {opcode::sdiv, opcode::sdiv_imm}, {opcode::urem, opcode::urem_imm},
        {opcode::srem, opcode::srem_imm}, {opcode::band, opcode::band_imm},
        {opcode::bor, opcode::bor_imm},   {opcode::bxor, opcode::bxor_imm},
        {opcode::ishl, opcode::ishl_imm}, {opcode::ushr, opcode::ushr_imm},
        {opcode::sshr, opcode::sshr_imm}, {opcode::rotl, opcode::rotl_imm},
        {opcode::rotr, opcode::rotr_imm}, {opcode::icmp, opcode::icmp_imm}};
    for (const auto& [form, with_immediate] : forms)
        if (form == of) return with_immediate;
    return std::nullopt;
}

constexpr bool is_shift(ir::opcode of) noexcept {
    using ir::opcode;
    return of == opcode::ishl || of == opcode::ushr || of == opcode::sshr || of == opcode::rotl ||
           of == opcode::rotr;
}
constexpr bool commutes(ir::opcode of) noexcept {
    using ir::opcode;
    return of == opcode::iadd || of == opcode::imul || of == opcode::band || of == opcode::bor ||
           of == opcode::bxor;
}
/// Whether an operation may give any bits for a result that is no number: not even the processor's
/// own operation gives the same bits for each order of operands.
constexpr bool gives_any_nan(ir::opcode of) noexcept {
    using ir::opcode;
    switch (of) {
        case opcode::fadd:
        case opcode::fsub:
        case opcode::fmul:
        case opcode::fdiv:
        case opcode::fma:
        case opcode::fmin:
        case opcode::fmax:
        case opcode::sqrt:
        case opcode::ceil:
        case opcode::floor:
        case opcode::trunc:
        case opcode::nearest:
        case opcode::fpromote:
        case opcode::fdemote:
            return true;
        default:
            return false;
    }
}
/// The condition that asks the same of the operands the other way round.
constexpr ir::int_condition swapped(ir::int_condition is) noexcept {
    using ir::int_condition;
    switch (is) {
        case int_condition::eq:
        case int_condition::ne:
            return is;
        case int_condition::slt:
            return int_condition::sgt;
        case int_condition::sgt:
            return int_condition::slt;
        case int_condition::sge:
            return int_condition::sle;
        case int_condition::sle:
            return int_condition::sge;
        case int_condition::ult:
            return int_condition::ugt;
        case int_condition::ugt:
            return int_condition::ult;
        case int_condition::uge:
            return int_condition::ule;
        case int_condition::ule:
            return int_condition::uge;
    }
    return is;
}

template <class = void>
class basic_constant_folder {
    using opcode = ir::opcode;

  public:
    explicit basic_constant_folder(ir::function& of) noexcept : of_(of) {}

    bool run() {
        const auto order = ir::analysis::post_order(of_);
        for (auto place = order.size(); place > 0; --place)
            for (const auto one : of_.instructions(order[place - 1])) fold(order[place - 1], one);
        return changed_;
    }

  private:
    /// Each step leaves less to do: operands become immediates, chains become shorter.
    void fold(ir::block in, ir::inst which) {
        if (fold_constants(in, which)) return;
        while (const auto made = simplify(which)) {
            changed_ = true;
            if (*made) return replace(in, which, *made);
        }
    }

    // Results that are known.

    bool fold_constants(ir::block in, ir::inst which) {
        const auto code = of_[which].code;
        const auto results = std::as_const(of_).results(which);
        if (code == opcode::iconst || code == opcode::f32const || code == opcode::f64const ||
            results.empty())
            return false;
        const auto known = ir::semantics::evaluate(of_, which);
        if (!known || known->trap) return false;
        const auto type = of_.type_of(results[0]);
        if (gives_any_nan(code) && is_nan(known->results[0], type)) return false;
        if (results.size() > 1) add_constant(in, which, results[1], known->results[1]);
        become_constant(which, type, known->results[0]);
        return true;
    }
    static bool is_nan(std::uint64_t bits, ir::type of) noexcept {
        const auto number = ir::semantics::detail::widened(bits, of);
        return number != number;
    }
    static ir::instruction constant(ir::type of, std::uint64_t bits) noexcept {
        ir::instruction made;
        made.code = of == ir::type::f32   ? opcode::f32const
                    : of == ir::type::f64 ? opcode::f64const
                                          : opcode::iconst;
        made.type = of;
        made.immediate = bits;
        return made;
    }
    /// Adds a constant before an instruction, and takes over the result from it.
    void add_constant(ir::block in, ir::inst before, ir::value result, std::uint64_t bits) {
        const auto type = of_.type_of(result);
        const auto made = of_.make(constant(type, bits));
        of_.insert_before(in, made, before);
        of_.adopt_result(made, result, type);
    }
    void become_constant(ir::inst which, ir::type type, std::uint64_t bits) {
        auto made = constant(type, bits);
        made.results = {of_[which].results.begin, 1};
        of_[which] = made;
        changed_ = true;
    }
    void replace(ir::block in, ir::inst which, ir::value by) {
        of_.make_alias(std::as_const(of_).results(which)[0], by);
        of_.erase(in, which);
    }

    // Steps. Each gives nothing when there was nothing to do, no value when it changed the
    // instruction in place, and a value when that is the result.

    using step = std::optional<ir::value>;
    static step in_place() noexcept { return ir::value(); }

    ir::value operand(ir::inst which, std::size_t place) noexcept {
        return of_.resolve_shortening(std::as_const(of_).arguments(which)[place]);
    }
    bool same_operands(ir::inst which, std::size_t one, std::size_t other) noexcept {
        return operand(which, one) == operand(which, other);
    }

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
    /// Lets the instruction work on the operand of the one before it.
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
    /// Simplifies a reduction of a value that was extended before: only its lowest bits are left.
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
            data.condition = static_cast<std::uint8_t>(swapped(data.compares()));
        else if (!commutes(data.code))
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
        become_constant(which, of_.type_of(std::as_const(of_).results(which)[0]), bits);
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
    /// Makes one of two instructions of the same operation, each with an immediate.
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
    bool changed_ = false;
};
using constant_folder = basic_constant_folder<>;

}  // namespace detail

/// The pass that computes constants, and simplifies integer operations by them. Put it first in a
/// pipeline, since others profit from constants. Takes time linear in the function.
template <class = void>
struct basic_constant_folding {
    bool operator()(ir::function& of) const { return detail::constant_folder(of).run(); }
};
using constant_folding = basic_constant_folding<>;

}  // namespace palimpsest::pass
