// SPDX-License-Identifier: Apache-2.0
// The passes that make a function smaller after calls of it were inlined.
#pragma once

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

/// Constants decide branches, which leaves blocks to merge and parameters that are the same from
/// everywhere, which are constants then. Addresses that are computed once let loads be found again,
/// whose values may be constants: so all of it again, as long as it changes something.
using standard = repeat<
    pipeline<constant_folding, branch_folding, constant_parameters, block_merging, alias_resolution,
             value_numbering, load_elimination, alias_resolution, dead_code>,
    4>;

}  // namespace palimpsest::pass
