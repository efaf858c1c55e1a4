// SPDX-License-Identifier: Apache-2.0
// The passes that make a function smaller after calls in it were inlined.
#pragma once

#include <palimpsest/detail/compile_once.hpp>
#include <palimpsest/ir/pass/alias_resolution.hpp>
#include <palimpsest/ir/pass/block_merging.hpp>
#include <palimpsest/ir/pass/branch_folding.hpp>
#include <palimpsest/ir/pass/constant_folding.hpp>
#include <palimpsest/ir/pass/constant_parameters.hpp>
#include <palimpsest/ir/pass/dead_code.hpp>
#include <palimpsest/ir/pass/load_elimination.hpp>
#include <palimpsest/ir/pass/pipeline.hpp>
#include <palimpsest/ir/pass/value_numbering.hpp>

namespace palimpsest::pass {

/// The passes to choose for an inliner, in the order in which they help each other. Constants
/// decide branches, which leaves blocks to merge, and parameters that always get the same value.
/// Computing each address only once shows which loads are the same, and the loaded values may be
/// constants. So all passes run again while they change something, at most 4 times.
using standard = repeat<
    pipeline<constant_folding, branch_folding, constant_parameters, block_merging, alias_resolution,
             value_numbering, load_elimination, alias_resolution, dead_code>,
    4>;

namespace detail {
PALIMPSEST_COMPILE_ONCE(bool run<constant_folding>(ir::function&));
PALIMPSEST_COMPILE_ONCE(bool run<branch_folding>(ir::function&));
PALIMPSEST_COMPILE_ONCE(bool run<constant_parameters>(ir::function&));
PALIMPSEST_COMPILE_ONCE(bool run<block_merging>(ir::function&));
PALIMPSEST_COMPILE_ONCE(bool run<alias_resolution>(ir::function&));
PALIMPSEST_COMPILE_ONCE(bool run<value_numbering>(ir::function&));
PALIMPSEST_COMPILE_ONCE(bool run<load_elimination>(ir::function&));
PALIMPSEST_COMPILE_ONCE(bool run<dead_code>(ir::function&));
}  // namespace detail

}  // namespace palimpsest::pass
