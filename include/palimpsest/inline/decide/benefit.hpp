// SPDX-License-Identifier: Apache-2.0
// Inlines where the estimated benefit is worth the size. A replaceable model estimates both, in
// instructions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <palimpsest/inline/call_site.hpp>
#include <palimpsest/inline/verdict.hpp>

namespace palimpsest::decide {

/// The default estimate of benefit::Model: instructions saved in one execution of the caller, minus
/// instructions added to the program:
///
///     saved   the cost of the call: call, return, and moving each argument and result
///             + instructions of the callee that constant arguments make constant
///             times 8 for each loop around the call, up to two; a fourth in a cold block
///     added   instructions of the callee that do not fold
///             none for the last call of a function that nobody else can reach: its body moves
///
/// The weights are a choice: 8 stands for the unknown number of iterations of a loop. A call counts
/// as 4 instructions besides its arguments and results, which is about what the interpreter and the
/// prologue of a compiled call take. Recursive calls have no benefit, since the next call remains.
struct default_model {
    static constexpr std::int64_t call_cost = 4;
    static constexpr std::int64_t loop_weight = 8;
    static constexpr unsigned most_loops = 2;

    /// The benefit of inlining at a call site, in instructions.
    template <class Site>
    static constexpr std::int64_t estimate(const Site& site) {
        if (site.is_recursive) return -static_cast<std::int64_t>(site.callee_size);
        const auto folded = site.constant_arguments == 0
                                ? 0
                                : static_cast<std::int64_t>(site.instructions_folded());
        auto saved = call_cost + static_cast<std::int64_t>(site.arguments + site.results) + folded;
        for (unsigned loop = 0; loop < std::min(site.loop_depth, most_loops); ++loop)
            saved *= loop_weight;
        if (site.is_cold) saved /= 4;
        const bool moves = site.callee_is_only_called && site.callee_call_sites == 1;
        const auto added = moves ? 0 : static_cast<std::int64_t>(site.callee_size) - folded;
        return saved - added;
    }
};

/// Inlines calls whose estimated benefit is at least `Threshold`. Choose it to weigh size against
/// speed with one number: a higher threshold gives a smaller program. `Model` has a static
/// `estimate(site)`, in the unit of `Threshold`: instructions for default_model.
template <class Model = default_model, std::int64_t Threshold = 0>
struct benefit {
    template <class Site>
    constexpr inlining::verdict operator()(const Site& site) const {
        const std::int64_t estimated = Model::estimate(site);
        return {estimated >= Threshold, {"estimated benefit", estimated, Threshold}};
    }
};

}  // namespace palimpsest::decide
