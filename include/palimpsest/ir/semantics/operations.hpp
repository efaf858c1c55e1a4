// SPDX-License-Identifier: Apache-2.0
// The operations that need nothing but their operands: the one place that defines them, for the
// interpreter and for folding.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstdint>
#include <optional>
#include <palimpsest/ir/instruction.hpp>
#include <palimpsest/ir/opcode.hpp>
#include <palimpsest/ir/semantics/float_operations.hpp>
#include <palimpsest/ir/semantics/integer_operations.hpp>
#include <palimpsest/ir/trap_code.hpp>
#include <palimpsest/ir/type.hpp>

namespace palimpsest::ir::semantics {

/// Whether an operation needs nothing but its operands: no memory, function or global, and it does
/// not branch, call or return. run_operation() runs these.
constexpr bool needs_only_operands(opcode of) noexcept {
    constexpr auto others = effect::loads | effect::stores | effect::calls | effect::ends;
    const auto shape = describe(of).shape;
    return !has_effect(of, others) && shape != format::stack && shape != format::global &&
           shape != format::function;
}

/// The place of an operation, and its operands and results. `at` points to its code, its
/// controlling type, the type of its first operand (`source`), its condition, immediate and trap.
/// Bits are passed in and out with zeros above those of their type.
template <class Type>
concept OperationFrame = requires(Type& frame, std::uint64_t bits) {
    { frame.at->code } -> std::convertible_to<opcode>;
    { frame.at->type } -> std::convertible_to<type>;
    { frame.at->source } -> std::convertible_to<type>;
    { frame.at->condition } -> std::convertible_to<std::uint8_t>;
    { frame.at->immediate } -> std::convertible_to<std::uint64_t>;
    { frame.at->trap } -> std::convertible_to<trap_code>;
    { frame.first() } -> std::same_as<std::uint64_t>;
    { frame.second() } -> std::same_as<std::uint64_t>;
    { frame.third() } -> std::same_as<std::uint64_t>;
    frame.give(bits);
    frame.give_second(bits);
};

namespace detail {

template <OperationFrame Frame>
class operation {
    using stop = std::optional<trap_code>;

  public:
    explicit operation(Frame& frame) noexcept : frame_(frame) {}

    stop run() {
        const auto of = frame_.at->type;
        const auto all = mask(of);
        const auto by = frame_.at->immediate & all;
        std::uint64_t made = 0;  // excess bits are cleared at the end
        switch (frame_.at->code) {
            case opcode::nop:
            case opcode::debugtrap:
                return std::nullopt;
            case opcode::iconst:
                made = frame_.at->immediate;
                break;
            case opcode::f32const:
            case opcode::f64const:
                return set_unmasked(frame_.at->immediate);

            case opcode::iadd:
                made = first() + second();
                break;
            case opcode::isub:
                made = first() - second();
                break;
            case opcode::imul:
                made = first() * second();
                break;
            case opcode::ineg:
                made = 0 - first();
                break;
            case opcode::iabs:
                made = signed_first() < 0 ? 0 - first() : first();
                break;
            case opcode::umulhi:
                made = multiply_high_unsigned(first(), second(), of);
                break;
            case opcode::smulhi:
                made = multiply_high_signed(first(), second(), of);
                break;
            case opcode::udiv:
                return divide_unsigned(second());
            case opcode::urem:
                return remainder_unsigned(second());
            case opcode::sdiv:
                return divide_signed(signed_second());
            case opcode::srem:
                return remainder_signed(signed_second());
            case opcode::smin:
                made = as_bits(std::min(signed_first(), signed_second()));
                break;
            case opcode::smax:
                made = as_bits(std::max(signed_first(), signed_second()));
                break;
            case opcode::umin:
                made = std::min(first(), second());
                break;
            case opcode::umax:
                made = std::max(first(), second());
                break;
            case opcode::avg_round:
                made = (first() | second()) - ((first() ^ second()) >> 1U);
                break;
            case opcode::iadd_imm:
                made = first() + by;
                break;
            case opcode::imul_imm:
                made = first() * by;
                break;
            case opcode::irsub_imm:
                made = by - first();
                break;
            case opcode::udiv_imm:
                return divide_unsigned(by);
            case opcode::urem_imm:
                return remainder_unsigned(by);
            case opcode::sdiv_imm:
                return divide_signed(sign_extended(by, of));
            case opcode::srem_imm:
                return remainder_signed(sign_extended(by, of));
            case opcode::uadd_overflow:
                return set_both(add_unsigned(first(), second(), false, of));
            case opcode::sadd_overflow:
                return set_both(add_signed(first(), second(), false, of));
            case opcode::usub_overflow:
                return set_both(subtract_unsigned(first(), second(), false, of));
            case opcode::ssub_overflow:
                return set_both(subtract_signed(first(), second(), false, of));
            case opcode::umul_overflow:
                return set_both(multiply_unsigned(first(), second(), of));
            case opcode::smul_overflow:
                return set_both(multiply_signed(first(), second(), of));
            case opcode::uadd_overflow_cin:
                return set_both(add_unsigned(first(), second(), third() != 0, of));
            case opcode::sadd_overflow_cin:
                return set_both(add_signed(first(), second(), third() != 0, of));
            case opcode::usub_overflow_bin:
                return set_both(subtract_unsigned(first(), second(), third() != 0, of));
            case opcode::ssub_overflow_bin:
                return set_both(subtract_signed(first(), second(), third() != 0, of));
            case opcode::uadd_overflow_trap: {
                const auto sum = add_unsigned(first(), second(), false, of);
                if (sum.overflow) return frame_.at->trap;
                made = sum.result;
                break;
            }
            case opcode::band:
                made = first() & second();
                break;
            case opcode::bor:
                made = first() | second();
                break;
            case opcode::bxor:
                made = first() ^ second();
                break;
            case opcode::bnot:
                made = ~first();
                break;
            case opcode::band_not:
                made = first() & ~second();
                break;
            case opcode::bor_not:
                made = first() | ~second();
                break;
            case opcode::bxor_not:
                made = first() ^ ~second();
                break;
            case opcode::band_imm:
                made = first() & by;
                break;
            case opcode::bor_imm:
                made = first() | by;
                break;
            case opcode::bxor_imm:
                made = first() ^ by;
                break;
            case opcode::bitselect:
                made = (first() & second()) | (~first() & third());
                break;
            case opcode::ishl:
                made = first() << distance(second());
                break;
            case opcode::ushr:
                made = first() >> distance(second());
                break;
            case opcode::sshr:
                made = as_bits(signed_first() >> distance(second()));
                break;
            case opcode::rotl:
                made = rotated_left(first(), second(), of);
                break;
            case opcode::rotr:
                made = rotated_left(first(), 0 - second(), of);
                break;
            case opcode::ishl_imm:
                made = first() << distance(by);
                break;
            case opcode::ushr_imm:
                made = first() >> distance(by);
                break;
            case opcode::sshr_imm:
                made = as_bits(signed_first() >> distance(by));
                break;
            case opcode::rotl_imm:
                made = rotated_left(first(), by, of);
                break;
            case opcode::rotr_imm:
                made = rotated_left(first(), 0 - by, of);
                break;
            case opcode::clz:
                made = leading_zeros(first(), of);
                break;
            case opcode::cls:
                made = leading_signs(first(), of);
                break;
            case opcode::ctz:
                made = trailing_zeros(first(), of);
                break;
            case opcode::popcnt:
                made = static_cast<std::uint64_t>(std::popcount(first()));
                break;
            case opcode::bitrev:
                made = reversed_bits(first(), of);
                break;
            case opcode::bswap:
                made = reversed_bytes(first(), bytes(of));
                break;
            case opcode::bmask:
                made = first() != 0 ? mask(of) : 0;
                break;
            case opcode::icmp:
                return compare(second());
            case opcode::icmp_imm:
                return compare(by);

            case opcode::fadd:
                return set_float(first_float() + second_float());
            case opcode::fsub:
                return set_float(first_float() - second_float());
            case opcode::fmul:
                return set_float(first_float() * second_float());
            case opcode::fdiv:
                return set_float(first_float() / second_float());
            case opcode::fma:
                return set_unmasked(multiplied_and_added(first(), second(), third(), of));
            case opcode::fneg:
                made = first() ^ sign_bit(of);
                break;
            case opcode::fabs:
                made = first() & ~sign_bit(of);
                break;
            case opcode::fcopysign:
                made = (first() & ~sign_bit(of)) | (second() & sign_bit(of));
                break;
            case opcode::fmin:
                return set_float(least(first_float(), second_float()));
            case opcode::fmax:
                return set_float(greatest(first_float(), second_float()));
            case opcode::sqrt:
                return set_float(__builtin_sqrt(first_float()));
            case opcode::ceil:
                return set_float(__builtin_ceil(first_float()));
            case opcode::floor:
                return set_float(__builtin_floor(first_float()));
            case opcode::trunc:
                return set_float(__builtin_trunc(first_float()));
            case opcode::nearest:
                return set_float(nearest(first_float()));
            case opcode::fcmp:
                return set_unmasked(compares(static_cast<float_condition>(frame_.at->condition),
                                             first_float(), second_float()));

            case opcode::uextend:
            case opcode::ireduce:
                made = first();
                break;
            case opcode::sextend:
                made = as_bits(sign_extended(first(), frame_.at->source));
                break;
            case opcode::fpromote:
                return set_unmasked(promoted(first()));
            case opcode::fdemote:
                return set_unmasked(demoted(first()));
            case opcode::fcvt_from_uint:
                return set_unmasked(from_integer(first(), of));
            case opcode::fcvt_from_sint:
                return set_unmasked(from_integer(sign_extended(first(), frame_.at->source), of));
            case opcode::fcvt_to_uint:
                return convert(false);
            case opcode::fcvt_to_sint:
                return convert(true);
            case opcode::fcvt_to_uint_sat:
                made = to_integer_saturating(widened(first(), frame_.at->source), of, false);
                break;
            case opcode::fcvt_to_sint_sat:
                made = to_integer_saturating(widened(first(), frame_.at->source), of, true);
                break;
            case opcode::bitcast:
                made = first();
                break;
            case opcode::select:
            case opcode::select_spectre_guard:
                made = first() != 0 ? second() : third();
                break;
            case opcode::trapz:
                return first() == 0 ? stop(frame_.at->trap) : std::nullopt;
            case opcode::trapnz:
                return first() != 0 ? stop(frame_.at->trap) : std::nullopt;

            default:
                return std::nullopt;  // needs more than operands
        }
        return set_unmasked(made & all);
    }

  private:
    std::uint64_t first() const noexcept { return frame_.first(); }
    std::uint64_t second() const noexcept { return frame_.second(); }
    std::uint64_t third() const noexcept { return frame_.third(); }
    std::int64_t signed_first() const noexcept { return sign_extended(first(), frame_.at->type); }
    std::int64_t signed_second() const noexcept { return sign_extended(second(), frame_.at->type); }
    double first_float() const noexcept { return widened(first(), frame_.at->type); }
    double second_float() const noexcept { return widened(second(), frame_.at->type); }
    /// The distance of a shift, modulo the size of the type.
    unsigned distance(std::uint64_t by) const noexcept {
        return static_cast<unsigned>(by & (bits(frame_.at->type) - 1));
    }

    stop set_unmasked(std::uint64_t bits) {
        frame_.give(bits);
        return std::nullopt;
    }
    stop set(std::uint64_t bits) { return set_unmasked(bits & mask(frame_.at->type)); }
    stop set_both(with_overflow made) {
        frame_.give(made.result);
        frame_.give_second(made.overflow ? 1 : 0);
        return std::nullopt;
    }
    [[gnu::noinline]] stop compare(std::uint64_t with) {
        const auto is = static_cast<int_condition>(frame_.at->condition);
        return set_unmasked(compares(is, first(), with, frame_.at->type));
    }
    stop set_float(double number) { return set_unmasked(narrowed(number, frame_.at->type)); }

    [[gnu::noinline]] stop divide_unsigned(std::uint64_t by) {
        if (by == 0) return trap_code::integer_division_by_zero;
        return set(first() / by);
    }
    [[gnu::noinline]] stop remainder_unsigned(std::uint64_t by) {
        if (by == 0) return trap_code::integer_division_by_zero;
        return set(first() % by);
    }
    [[gnu::noinline]] stop divide_signed(std::int64_t by) {
        if (by == 0) return trap_code::integer_division_by_zero;
        if (by == -1 && first() == sign_bit(frame_.at->type)) return trap_code::integer_overflow;
        return set(as_bits(signed_first() / by));
    }
    [[gnu::noinline]] stop remainder_signed(std::int64_t by) {
        if (by == 0) return trap_code::integer_division_by_zero;
        return set(by == -1 ? 0 : as_bits(signed_first() % by));
    }
    [[gnu::noinline]] stop convert(bool is_signed) {
        const auto made =
            to_integer(widened(first(), frame_.at->source), frame_.at->type, is_signed);
        return made.trap ? made.trap : set(made.result);
    }

    Frame& frame_;
};

}  // namespace detail

/// Runs the operation at `frame.at`, for which needs_only_operands() must hold. Puts its results
/// into the frame, or returns the code of its trap.
template <OperationFrame Frame>
std::optional<trap_code> run_operation(Frame& frame) {
    return detail::operation<Frame>(frame).run();
}

}  // namespace palimpsest::ir::semantics
