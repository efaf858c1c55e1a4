// SPDX-License-Identifier: Apache-2.0
// The outcome of an interpreter run, and its limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <palimpsest/ir/data_value.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/trap_code.hpp>
#include <vector>

namespace palimpsest::ir {

/// The reason of a trap, and the function and instruction that trapped.
struct trap_report {
    trap_code code;
    const function* in = nullptr;
    inst at;  // none: none of its instructions has run
};

/// The outcome of a run: results, or a trap. True if there was no trap.
struct run_outcome {
    std::vector<data_value> results;
    std::optional<trap_report> trap;

    explicit operator bool() const noexcept { return !trap; }
};

/// Limits to what a program may use in one run. A program that exceeds one traps: with
/// stack_overflow for the first two, with out_of_fuel for the last.
struct interpreter_limits {
    std::size_t stack_bytes = 1U << 20U;  // for the stack slots of all calls together
    std::size_t depth = 10'000;           // calls in calls
    std::uint64_t fuel = std::numeric_limits<std::uint64_t>::max();  // instructions
};

}  // namespace palimpsest::ir
