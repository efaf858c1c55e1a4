// SPDX-License-Identifier: Apache-2.0
// A random module, the same for the same seed: a few functions that call each other and the host,
// on the memory of world.hpp. It is well-formed, it ends, and its results do not depend on where
// the stack lies or which number the address of a function has.
#pragma once

#include <cstdint>
#include <palimpsest/ir/module.hpp>

#include "random_function.hpp"
#include "random_plan.hpp"
#include "random_source.hpp"

namespace palimpsest::test {

inline ir::module random_module(std::uint64_t seed) {
    random_source random(seed);
    const random_plan plan(random);
    ir::module made;
    for (const auto& one : plan.functions)
        made.functions.push_back(random_function(random, plan, one).write());
    return made;
}

}  // namespace palimpsest::test
