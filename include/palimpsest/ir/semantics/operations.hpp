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

// What each operation gives: BITS, of which those that are too many are taken away in the end, or
// what it stops with, STOP, when it gives its results itself. These are the cases of one switch: as
// several functions, each of which asks the next, they ran 1.4 times as long. Operations that give
// the same as another stand in the switch itself.
// clang-format off
#define PALIMPSEST_IR_RESULTS(BITS, STOP)                                                          \
    BITS(iconst,              by)                                                                  \
    /* Integers. */                                                                                \
    BITS(iadd,                first() + second())                                                  \
    BITS(isub,                first() - second())                                                  \
    BITS(imul,                first() * second())                                                  \
    BITS(ineg,                0 - first())                                                         \
    BITS(iabs,                signed_first() < 0 ? 0 - first() : first())                          \
    BITS(umulhi,              multiply_high_unsigned(first(), second(), of))                       \
    BITS(smulhi,              multiply_high_signed(first(), second(), of))                         \
    STOP(udiv,                divide_unsigned(second()))                                           \
    STOP(urem,                remainder_unsigned(second()))                                        \
    STOP(sdiv,                divide_signed(signed_second()))                                      \
    STOP(srem,                remainder_signed(signed_second()))                                   \
    BITS(smin,                as_bits(std::min(signed_first(), signed_second())))                  \
    BITS(smax,                as_bits(std::max(signed_first(), signed_second())))                  \
    BITS(umin,                std::min(first(), second()))                                         \
    BITS(umax,                std::max(first(), second()))                                         \
    BITS(avg_round,           (first() | second()) - ((first() ^ second()) >> 1U))                 \
    BITS(iadd_imm,            first() + by)                                                        \
    BITS(imul_imm,            first() * by)                                                        \
    BITS(irsub_imm,           by - first())                                                        \
    STOP(udiv_imm,            divide_unsigned(by))                                                 \
    STOP(urem_imm,            remainder_unsigned(by))                                              \
    STOP(sdiv_imm,            divide_signed(sign_extended(by, of)))                                \
    STOP(srem_imm,            remainder_signed(sign_extended(by, of)))                             \
    STOP(uadd_overflow,       set_both(add_unsigned(first(), second(), false, of)))                \
    STOP(sadd_overflow,       set_both(add_signed(first(), second(), false, of)))                  \
    STOP(usub_overflow,       set_both(subtract_unsigned(first(), second(), false, of)))           \
    STOP(ssub_overflow,       set_both(subtract_signed(first(), second(), false, of)))             \
    STOP(umul_overflow,       set_both(multiply_unsigned(first(), second(), of)))                  \
    STOP(smul_overflow,       set_both(multiply_signed(first(), second(), of)))                    \
    STOP(uadd_overflow_cin,   set_both(add_unsigned(first(), second(), third() != 0, of)))         \
    STOP(sadd_overflow_cin,   set_both(add_signed(first(), second(), third() != 0, of)))           \
    STOP(usub_overflow_bin,   set_both(subtract_unsigned(first(), second(), third() != 0, of)))    \
    STOP(ssub_overflow_bin,   set_both(subtract_signed(first(), second(), third() != 0, of)))      \
    STOP(uadd_overflow_trap,  add_or_trap())                                                       \
    BITS(band,                first() & second())                                                  \
    BITS(bor,                 first() | second())                                                  \
    BITS(bxor,                first() ^ second())                                                  \
    BITS(bnot,                ~first())                                                            \
    BITS(band_not,            first() & ~second())                                                 \
    BITS(bor_not,             first() | ~second())                                                 \
    BITS(bxor_not,            first() ^ ~second())                                                 \
    BITS(band_imm,            first() & by)                                                        \
    BITS(bor_imm,             first() | by)                                                        \
    BITS(bxor_imm,            first() ^ by)                                                        \
    BITS(bitselect,           (first() & second()) | (~first() & third()))                         \
    BITS(ishl,                first() << distance(second()))                                       \
    BITS(ushr,                first() >> distance(second()))                                       \
    BITS(sshr,                as_bits(signed_first() >> distance(second())))                       \
    BITS(rotl,                rotated_left(first(), second(), of))                                 \
    BITS(rotr,                rotated_left(first(), 0 - second(), of))                             \
    BITS(ishl_imm,            first() << distance(by))                                             \
    BITS(ushr_imm,            first() >> distance(by))                                             \
    BITS(sshr_imm,            as_bits(signed_first() >> distance(by)))                             \
    BITS(rotl_imm,            rotated_left(first(), by, of))                                       \
    BITS(rotr_imm,            rotated_left(first(), 0 - by, of))                                   \
    BITS(clz,                 leading_zeros(first(), of))                                          \
    BITS(cls,                 leading_signs(first(), of))                                          \
    BITS(ctz,                 trailing_zeros(first(), of))                                         \
    BITS(popcnt,              static_cast<std::uint64_t>(std::popcount(first())))                  \
    BITS(bitrev,              reversed_bits(first(), of))                                          \
    BITS(bswap,               reversed_bytes(first(), bytes(of)))                                  \
    BITS(bmask,               first() != 0 ? mask(of) : 0)                                         \
    STOP(icmp,                compare(second()))                                                   \
    STOP(icmp_imm,            compare(by))                                                         \
    /* Floating point. */                                                                          \
    STOP(fadd,                set_float(first_float() + second_float()))                           \
    STOP(fsub,                set_float(first_float() - second_float()))                           \
    STOP(fmul,                set_float(first_float() * second_float()))                           \
    STOP(fdiv,                set_float(first_float() / second_float()))                           \
    STOP(fma,                 set_unmasked(multiplied_and_added(first(), second(), third(), of)))  \
    BITS(fneg,                first() ^ sign_bit(of))                                              \
    BITS(fabs,                first() & ~sign_bit(of))                                             \
    BITS(fcopysign,           (first() & ~sign_bit(of)) | (second() & sign_bit(of)))               \
    STOP(fmin,                set_float(least(first_float(), second_float())))                     \
    STOP(fmax,                set_float(greatest(first_float(), second_float())))                  \
    STOP(sqrt,                set_float(__builtin_sqrt(first_float())))                            \
    STOP(ceil,                set_float(__builtin_ceil(first_float())))                            \
    STOP(floor,               set_float(__builtin_floor(first_float())))                           \
    STOP(trunc,               set_float(__builtin_trunc(first_float())))                           \
    STOP(nearest,             set_float(nearest(first_float())))                                   \
    STOP(fcmp,                compare_floats())                                                    \
    /* From one type to another. */                                                                \
    BITS(sextend,             as_bits(sign_extended(first(), source())))                           \
    STOP(fpromote,            set_unmasked(promoted(first())))                                     \
    STOP(fdemote,             set_unmasked(demoted(first())))                                      \
    STOP(fcvt_from_uint,      set_unmasked(from_integer(first(), of)))                             \
    STOP(fcvt_from_sint,      set_unmasked(from_integer(sign_extended(first(), source()), of)))    \
    STOP(fcvt_to_uint,        convert(false))                                                      \
    STOP(fcvt_to_sint,        convert(true))                                                       \
    BITS(fcvt_to_uint_sat,    to_integer_saturating(widened(first(), source()), of, false))        \
    BITS(fcvt_to_sint_sat,    to_integer_saturating(widened(first(), source()), of, true))         \
    /* Traps. */                                                                                   \
    STOP(trapz,               first() == 0 ? trap() : none)                                        \
    STOP(trapnz,              first() != 0 ? trap() : none)
// clang-format on
#define PALIMPSEST_IR_BITS(name, bits)                                                             \
    case opcode::name:                                                                             \
        made = bits;                                                                               \
        break;
#define PALIMPSEST_IR_STOP(name, result)                                                           \
    case opcode::name:                                                                             \
        return result;

template <OperationFrame Frame>
class operation {
    using stop = std::optional<trap_code>;
    static constexpr stop none{};

  public:
    explicit operation(Frame& frame) noexcept : frame_(frame) {}

    stop run() {
        const auto of = frame_.at->type;
        const auto all = mask(of);
        const auto by = frame_.at->immediate & all;
        std::uint64_t made = 0;
        switch (frame_.at->code) {
            PALIMPSEST_IR_RESULTS(PALIMPSEST_IR_BITS, PALIMPSEST_IR_STOP)
            case opcode::f32const:
            case opcode::f64const:
                return set_unmasked(frame_.at->immediate);
            case opcode::uextend:
            case opcode::ireduce:
            case opcode::bitcast:
                made = first();
                break;
            case opcode::select:
            case opcode::select_spectre_guard:
                made = first() != 0 ? second() : third();
                break;
            default:
                return none;  // it gives nothing, or needs more
        }
        return set_unmasked(made & all);
    }

  private:
    std::uint64_t first() const noexcept { return frame_.first(); }
    std::uint64_t second() const noexcept { return frame_.second(); }
    std::uint64_t third() const noexcept { return frame_.third(); }
    type source() const noexcept { return frame_.at->source; }
    stop trap() const noexcept { return frame_.at->trap; }
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
    [[gnu::noinline]] stop add_or_trap() {
        const auto sum = add_unsigned(first(), second(), false, frame_.at->type);
        return sum.overflow ? trap() : set(sum.result);
    }
    stop compare_floats() {
        const auto is = static_cast<float_condition>(frame_.at->condition);
        return set_unmasked(compares(is, first_float(), second_float()));
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
        const auto made = to_integer(widened(first(), source()), frame_.at->type, is_signed);
        return made.trap ? made.trap : set(made.result);
    }

    Frame& frame_;
};

#undef PALIMPSEST_IR_BITS
#undef PALIMPSEST_IR_STOP
#undef PALIMPSEST_IR_RESULTS

}  // namespace detail

/// Runs the operation at `frame.at`, for which needs_only_operands() must hold. Puts its results
/// into the frame, or returns the code of its trap.
template <OperationFrame Frame>
std::optional<trap_code> run_operation(Frame& frame) {
    return detail::operation<Frame>(frame).run();
}

}  // namespace palimpsest::ir::semantics
