// SPDX-License-Identifier: Apache-2.0
// The effects of an instruction besides its results, if the table of operations alone does not tell
// them.
#pragma once

#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/semantics/evaluate.hpp>

namespace palimpsest::ir::semantics {

/// Whether a global can be computed without a trap. Takes time linear in its bases.
template <class = void>
inline bool never_traps(const function& of, global_ref which) noexcept {
    for (;;) {
        const auto& data = of.globals[which];
        switch (data.is) {
            case global_data::kind::symbol:
                return true;
            case global_data::kind::vmctx:
                return place_of_vmctx(of.signature) < of.signature.parameters.size();
            case global_data::kind::load:
                if (!data.flags.has(memory_flags::notrap)) return false;
                [[fallthrough]];
            case global_data::kind::add:
                which = data.base;
        }
    }
}

namespace detail {

/// Whether a division has a constant divisor that cannot make it trap.
template <class = void>
inline bool divides_safely(const function& of, inst which) noexcept {
    const auto& data = of[which];
    const auto arguments = of.arguments(which);
    const auto by = arguments.size() < 2
                        ? data_value::of(data.type, data.immediate)
                        : constant(of, arguments[1]).value_or(data_value::of(data.type, 0));
    const bool overflows =
        (data.code == opcode::sdiv || data.code == opcode::sdiv_imm) && by.bits == mask(data.type);
    return by.bits != 0 && !overflows;
}

}  // namespace detail

/// Whether the flags and constant operands of an instruction show that it cannot trap. False does
/// not mean that it traps.
template <class = void>
inline bool never_traps(const function& of, inst which) {
    const auto& data = of[which];
    if (has_effect(data.code, effect::calls)) return false;
    if (!has_effect(data.code, effect::traps)) return true;
    if (data.code == opcode::global_value) return never_traps(of, data.as<global_ref>());
    if (has_effect(data.code, effect::loads | effect::stores))
        return data.flags.has(memory_flags::notrap);
    switch (data.code) {
        case opcode::udiv:
        case opcode::urem:
        case opcode::sdiv:
        case opcode::srem:
        case opcode::udiv_imm:
        case opcode::urem_imm:
        case opcode::sdiv_imm:
        case opcode::srem_imm:
            if (detail::divides_safely(of, which)) return true;
            break;
        default:
            break;
    }
    const auto known = evaluate(of, which);
    return known && !known->trap;
}

/// Whether an instruction with unused results can be removed without changing what the function
/// does.
template <class = void>
inline bool can_be_removed(const function& of, inst which) {
    const auto code = of[which].code;
    if (code == opcode::nop) return true;
    return !has_effect(code, effect::stores | effect::calls | effect::ends | effect::other) &&
           never_traps(of, which);
}

}  // namespace palimpsest::ir::semantics
