// SPDX-License-Identifier: Apache-2.0
// Computes instructions whose operands are all constants, with the very operations that the
// interpreter runs; moves a constant operand into the instruction if it has such a form; and
// simplifies integer operations whose result is one of their operands, or a constant whatever the
// operands are. Instructions that would trap are left alone. Linear: one walk, definitions before
// their uses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/ir/analysis/post_order.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/pass/detail/simplifier.hpp>
#include <palimpsest/ir/semantics/evaluate.hpp>
#include <span>
#include <utility>

namespace palimpsest::pass {

namespace detail {

/// Whether an operation may return any bits for a NaN result: not even the processor's own
/// operation returns the same bits for each order of operands.
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
    /// Each step leaves less to do: operands become immediates, and chains become shorter.
    void fold(ir::block in, ir::inst which) {
        if (fold_constants(in, which)) return;
        while (const auto made = simplifier_.simplify(which)) {
            changed_ = true;
            if (*made) return replace(in, which, *made);
        }
    }

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
        become_constant(of_, which, known->results[0]);
        changed_ = true;
        return true;
    }
    static bool is_nan(std::uint64_t bits, ir::type of) noexcept {
        const auto number = ir::semantics::detail::widened(bits, of);
        return number != number;
    }
    /// Adds a constant before an instruction, and takes over its result.
    void add_constant(ir::block in, ir::inst before, ir::value result, std::uint64_t bits) {
        const auto type = of_.type_of(result);
        const auto made = of_.make(ir::semantics::constant_instruction(type, bits));
        of_.insert_before(in, made, before);
        of_.adopt_result(made, result, type);
    }
    void replace(ir::block in, ir::inst which, ir::value by) {
        of_.make_alias(std::as_const(of_).results(which)[0], by);
        of_.erase(in, which);
    }

    ir::function& of_;
    simplifier simplifier_{of_};
    bool changed_ = false;
};
using constant_folder = basic_constant_folder<>;

}  // namespace detail

/// The pass that computes constants, and simplifies integer operations with them. Put it first in a
/// pipeline, since other passes benefit from constants. Takes time linear in the function.
template <class = void>
struct basic_constant_folding {
    bool operator()(ir::function& of) const { return detail::constant_folder(of).run(); }
};
using constant_folding = basic_constant_folding<>;

}  // namespace palimpsest::pass
