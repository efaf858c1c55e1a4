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
/// Bits come and go with zeros above those of their type.
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

// What an operation gives to the frame, or the trap that it stops with. These are the cases of one
// switch: as several functions, each of which asks the next, they ran 1.4 times as long. Operations
// that give the same as another stand in the switch itself.
// clang-format off
#define PALIMPSEST_IR_RESULTS(X)                                                                   \
    X(iconst,                set(immediate()))                                                     \
    /* Integers. */                                                                                \
    X(iadd,                  set(first() + second()))                                              \
    X(isub,                  set(first() - second()))                                              \
    X(imul,                  set(first() * second()))                                              \
    X(ineg,                  set(0 - first()))                                                     \
    X(iabs,                  set(signed_first() < 0 ? 0 - first() : first()))                      \
    X(umulhi,                set(multiply_high_unsigned(first(), second(), of())))                 \
    X(smulhi,                set(multiply_high_signed(first(), second(), of())))                   \
    X(udiv,                  divide_unsigned(second()))                                            \
    X(urem,                  remainder_unsigned(second()))                                         \
    X(sdiv,                  divide_signed(signed_second()))                                       \
    X(srem,                  remainder_signed(signed_second()))                                    \
    X(smin,                  set(as_bits(std::min(signed_first(), signed_second()))))              \
    X(smax,                  set(as_bits(std::max(signed_first(), signed_second()))))              \
    X(umin,                  set(std::min(first(), second())))                                     \
    X(umax,                  set(std::max(first(), second())))                                     \
    X(avg_round,             set((first() | second()) - ((first() ^ second()) >> 1U)))             \
    X(iadd_imm,              set(first() + immediate()))                                           \
    X(imul_imm,              set(first() * immediate()))                                           \
    X(irsub_imm,             set(immediate() - first()))                                           \
    X(udiv_imm,              divide_unsigned(immediate()))                                         \
    X(urem_imm,              remainder_unsigned(immediate()))                                      \
    X(sdiv_imm,              divide_signed(sign_extended(immediate(), of())))                      \
    X(srem_imm,              remainder_signed(sign_extended(immediate(), of())))                   \
    X(uadd_overflow,         set_both(add_unsigned(first(), second(), false, of())))               \
    X(sadd_overflow,         set_both(add_signed(first(), second(), false, of())))                 \
    X(usub_overflow,         set_both(subtract_unsigned(first(), second(), false, of())))          \
    X(ssub_overflow,         set_both(subtract_signed(first(), second(), false, of())))            \
    X(umul_overflow,         set_both(multiply_unsigned(first(), second(), of())))                 \
    X(smul_overflow,         set_both(multiply_signed(first(), second(), of())))                   \
    X(uadd_overflow_cin,     set_both(add_unsigned(first(), second(), third() != 0, of())))        \
    X(sadd_overflow_cin,     set_both(add_signed(first(), second(), third() != 0, of())))          \
    X(usub_overflow_bin,     set_both(subtract_unsigned(first(), second(), third() != 0, of())))   \
    X(ssub_overflow_bin,     set_both(subtract_signed(first(), second(), third() != 0, of())))     \
    X(uadd_overflow_trap,    add_or_trap())                                                        \
    X(band,                  set(first() & second()))                                              \
    X(bor,                   set(first() | second()))                                              \
    X(bxor,                  set(first() ^ second()))                                              \
    X(bnot,                  set(~first()))                                                        \
    X(band_not,              set(first() & ~second()))                                             \
    X(bor_not,               set(first() | ~second()))                                             \
    X(bxor_not,              set(first() ^ ~second()))                                             \
    X(band_imm,              set(first() & immediate()))                                           \
    X(bor_imm,               set(first() | immediate()))                                           \
    X(bxor_imm,              set(first() ^ immediate()))                                           \
    X(bitselect,             set((first() & second()) | (~first() & third())))                     \
    X(ishl,                  set(first() << distance(second())))                                   \
    X(ushr,                  set(first() >> distance(second())))                                   \
    X(sshr,                  set(as_bits(signed_first() >> distance(second()))))                   \
    X(rotl,                  set(rotated_left(first(), second(), of())))                           \
    X(rotr,                  set(rotated_left(first(), 0 - second(), of())))                       \
    X(ishl_imm,              set(first() << distance(immediate())))                                \
    X(ushr_imm,              set(first() >> distance(immediate())))                                \
    X(sshr_imm,              set(as_bits(signed_first() >> distance(immediate()))))                \
    X(rotl_imm,              set(rotated_left(first(), immediate(), of())))                        \
    X(rotr_imm,              set(rotated_left(first(), 0 - immediate(), of())))                    \
    X(clz,                   set(leading_zeros(first(), of())))                                    \
    X(cls,                   set(leading_signs(first(), of())))                                    \
    X(ctz,                   set(trailing_zeros(first(), of())))                                   \
    X(popcnt,                set(static_cast<std::uint64_t>(std::popcount(first()))))              \
    X(bitrev,                set(reversed_bits(first(), of())))                                    \
    X(bswap,                 set(reversed_bytes(first(), bytes(of()))))                            \
    X(bmask,                 set(first() != 0 ? mask(of()) : 0))                                   \
    X(icmp,                  compare(second()))                                                    \
    X(icmp_imm,              compare(immediate()))                                                 \
    /* Floating point. */                                                                          \
    X(fadd,                  set_float(first_float() + second_float()))                            \
    X(fsub,                  set_float(first_float() - second_float()))                            \
    X(fmul,                  set_float(first_float() * second_float()))                            \
    X(fdiv,                  set_float(first_float() / second_float()))                            \
    X(fma,                   set_unmasked(multiplied_and_added(first(), second(), third(), of()))) \
    X(fneg,                  set(first() ^ sign_bit(of())))                                        \
    X(fabs,                  set(first() & ~sign_bit(of())))                                       \
    X(fcopysign,             set((first() & ~sign_bit(of())) | (second() & sign_bit(of()))))       \
    X(fmin,                  set_float(least(first_float(), second_float())))                      \
    X(fmax,                  set_float(greatest(first_float(), second_float())))                   \
    X(sqrt,                  set_float(__builtin_sqrt(first_float())))                             \
    X(ceil,                  set_float(__builtin_ceil(first_float())))                             \
    X(floor,                 set_float(__builtin_floor(first_float())))                            \
    X(trunc,                 set_float(__builtin_trunc(first_float())))                            \
    X(nearest,               set_float(nearest(first_float())))                                    \
    X(fcmp,                  compare_floats())                                                     \
    /* From one type to another. */                                                                \
    X(sextend,               set(as_bits(sign_extended(first(), source()))))                       \
    X(fpromote,              set_unmasked(promoted(first())))                                      \
    X(fdemote,               set_unmasked(demoted(first())))                                       \
    X(fcvt_from_uint,        set_unmasked(from_integer(first(), of())))                            \
    X(fcvt_from_sint,        set_unmasked(from_integer(sign_extended(first(), source()), of())))   \
    X(fcvt_to_uint,          convert(false))                                                       \
    X(fcvt_to_sint,          convert(true))                                                        \
    X(fcvt_to_uint_sat,      set(to_integer_saturating(widened(first(), source()), of(), false)))  \
    X(fcvt_to_sint_sat,      set(to_integer_saturating(widened(first(), source()), of(), true)))   \
    /* Traps. */                                                                                   \
    X(trapz,                 first() == 0 ? trap() : none)                                         \
    X(trapnz,                first() != 0 ? trap() : none)
// clang-format on
#define PALIMPSEST_IR_CASE(name, result)                                                           \
    case opcode::name:                                                                             \
        return result;

template <OperationFrame Frame>
class operation {
    using stop = std::optional<trap_code>;
    static constexpr stop none{};

  public:
    explicit operation(Frame& frame) noexcept : frame_(frame) {}

    stop run() {
        switch (frame_.at->code) {
            PALIMPSEST_IR_RESULTS(PALIMPSEST_IR_CASE)
            case opcode::f32const:
            case opcode::f64const:
                return set_unmasked(frame_.at->immediate);
            case opcode::uextend:
            case opcode::ireduce:
            case opcode::bitcast:
                return set(first());
            case opcode::select:
            case opcode::select_spectre_guard:
                return set(first() != 0 ? second() : third());
            default:
                return none;  // it gives nothing, or needs more
        }
    }

  private:
    std::uint64_t first() const noexcept { return frame_.first(); }
    std::uint64_t second() const noexcept { return frame_.second(); }
    std::uint64_t third() const noexcept { return frame_.third(); }
    type of() const noexcept { return frame_.at->type; }
    type source() const noexcept { return frame_.at->source; }
    std::uint64_t immediate() const noexcept { return frame_.at->immediate & mask(of()); }
    stop trap() const noexcept { return frame_.at->trap; }
    std::int64_t signed_first() const noexcept { return sign_extended(first(), of()); }
    std::int64_t signed_second() const noexcept { return sign_extended(second(), of()); }
    double first_float() const noexcept { return widened(first(), of()); }
    double second_float() const noexcept { return widened(second(), of()); }
    /// The distance of a shift, modulo the size of the type.
    unsigned distance(std::uint64_t by) const noexcept {
        return static_cast<unsigned>(by & (bits(of()) - 1));
    }

    stop set_unmasked(std::uint64_t bits) {
        frame_.give(bits);
        return std::nullopt;
    }
    stop set(std::uint64_t bits) { return set_unmasked(bits & mask(of())); }
    stop set_both(with_overflow made) {
        frame_.give(made.result);
        frame_.give_second(made.overflow ? 1 : 0);
        return std::nullopt;
    }
    [[gnu::noinline]] stop compare(std::uint64_t with) {
        const auto is = static_cast<int_condition>(frame_.at->condition);
        return set_unmasked(compares(is, first(), with, of()));
    }
    [[gnu::noinline]] stop add_or_trap() {
        const auto sum = add_unsigned(first(), second(), false, of());
        return sum.overflow ? trap() : set(sum.result);
    }
    stop compare_floats() {
        const auto is = static_cast<float_condition>(frame_.at->condition);
        return set_unmasked(compares(is, first_float(), second_float()));
    }
    stop set_float(double number) { return set_unmasked(narrowed(number, of())); }

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
        if (by == -1 && first() == sign_bit(of())) return trap_code::integer_overflow;
        return set(as_bits(signed_first() / by));
    }
    [[gnu::noinline]] stop remainder_signed(std::int64_t by) {
        if (by == 0) return trap_code::integer_division_by_zero;
        return set(by == -1 ? 0 : as_bits(signed_first() % by));
    }
    [[gnu::noinline]] stop convert(bool is_signed) {
        const auto made = to_integer(widened(first(), source()), of(), is_signed);
        return made.trap ? made.trap : set(made.result);
    }

    Frame& frame_;
};

#undef PALIMPSEST_IR_CASE
#undef PALIMPSEST_IR_RESULTS

}  // namespace detail

/// Runs the operation at `frame.at`, which must be one that needs_only_operands(). Gives its
/// results to the frame, or returns the code of its trap.
template <OperationFrame Frame>
std::optional<trap_code> run_operation(Frame& frame) {
    return detail::operation<Frame>(frame).run();
}

}  // namespace palimpsest::ir::semantics
