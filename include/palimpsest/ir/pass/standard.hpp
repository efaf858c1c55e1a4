// The passes that make a function smaller after calls of it were inlined.
#pragma once

#include <palimpsest/ir/pass/alias_resolution.hpp>
#include <palimpsest/ir/pass/block_merging.hpp>
#include <palimpsest/ir/pass/branch_folding.hpp>
#include <palimpsest/ir/pass/constant_folding.hpp>
#include <palimpsest/ir/pass/constant_parameters.hpp>
#include <palimpsest/ir/pass/dead_code.hpp>
#include <palimpsest/ir/pass/pipeline.hpp>

namespace palimpsest::pass {

/// Constants decide branches, which leaves blocks to merge and parameters that are the same from
/// everywhere, which are constants then: so again, as long as it changes something.
using standard = repeat<pipeline<constant_folding, branch_folding, constant_parameters,
                                 block_merging, alias_resolution, dead_code>,
                        4>;

}  // namespace palimpsest::pass
