// SPDX-License-Identifier: Apache-2.0
// Operations whose operands can be swapped.
#pragma once

#include <palimpsest/ir/condition.hpp>
#include <palimpsest/ir/opcode.hpp>

namespace palimpsest::ir::semantics {

/// Whether the first two operands of an operation can be swapped. Those of floating point sums and
/// products cannot: if both are NaNs, their order can determine which of the two is the result.
constexpr bool is_commutative(opcode code) noexcept {
    using enum opcode;
    switch (code) {
        case iadd:
        case imul:
        case umulhi:
        case smulhi:
        case smin:
        case smax:
        case umin:
        case umax:
        case avg_round:
        case uadd_overflow:
        case sadd_overflow:
        case umul_overflow:
        case smul_overflow:
        case uadd_overflow_cin:
        case sadd_overflow_cin:
        case uadd_overflow_trap:
        case band:
        case bor:
        case bxor:
        case bxor_not:
            return true;
        default:
            return false;
    }
}

/// The condition that tests the same with the operands swapped.
constexpr int_condition exchanged(int_condition of) noexcept {
    using enum int_condition;
    switch (of) {
        case eq:
        case ne:
            return of;
        case slt:
            return sgt;
        case sgt:
            return slt;
        case sge:
            return sle;
        case sle:
            return sge;
        case ult:
            return ugt;
        case ugt:
            return ult;
        case uge:
            return ule;
        case ule:
            return uge;
    }
    return of;
}

}  // namespace palimpsest::ir::semantics
