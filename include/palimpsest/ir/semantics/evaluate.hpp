// SPDX-License-Identifier: Apache-2.0
// Instructions that are computed before the function runs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/semantics/constant.hpp>
#include <palimpsest/ir/semantics/operations.hpp>

namespace palimpsest::ir::semantics {

/// The outcome of an operation: the bits of its results, or the code of its trap.
struct evaluation {
    std::array<std::uint64_t, 2> results{};
    std::optional<trap_code> trap;
};

namespace detail {

template <class = void>
class basic_evaluation_frame {
    struct operation_data {
        opcode code{};
        ir::type type{};
        ir::type source{};
        std::uint8_t condition = 0;
        trap_code trap;
        std::uint64_t immediate = 0;
    };

  public:
    basic_evaluation_frame(const instruction& of, ir::type source) noexcept
        : data_{of.code, of.type, source, of.condition, of.trap, of.immediate} {}

    std::uint64_t first() const noexcept { return operands[0]; }
    std::uint64_t second() const noexcept { return operands[1]; }
    std::uint64_t third() const noexcept { return operands[2]; }
    void give(std::uint64_t bits) noexcept { made.results[0] = bits; }
    void give_second(std::uint64_t bits) noexcept { made.results[1] = bits; }

  private:
    operation_data data_;

  public:
    const operation_data* const at = &data_;
    std::array<std::uint64_t, 3> operands{};
    evaluation made;
};
using evaluation_frame = basic_evaluation_frame<>;

}  // namespace detail

/// Computes an instruction whose operands are all constants, with the interpreter's own operations.
/// Nothing if they are not, or if the instruction needs more than operands or must stay where it
/// is.
template <class = void>
inline std::optional<evaluation> evaluate(const function& of, inst which) {
    const auto& data = of[which];
    if (!needs_only_operands(data.code) || has_effect(data.code, effect::other))
        return std::nullopt;
    const auto arguments = of.arguments(which);
    detail::evaluation_frame frame(data, arguments.empty() ? type::none : of.type_of(arguments[0]));
    for (std::size_t place = 0; place < arguments.size(); ++place) {
        const auto known = constant(of, arguments[place]);
        if (!known) return std::nullopt;
        frame.operands[place] = known->bits;
    }
    frame.made.trap = run_operation(frame);
    return frame.made;
}

}  // namespace palimpsest::ir::semantics
