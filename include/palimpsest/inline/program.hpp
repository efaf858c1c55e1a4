// SPDX-License-Identifier: Apache-2.0
// The functions that are inlined into each other, and facts about them beside their code.
#pragma once

#include <cstdint>
#include <palimpsest/ir/module.hpp>
#include <vector>

namespace palimpsest::inlining {

/// Facts about a function that its code does not tell. By default it is no builtin, and reachable
/// from outside of the program, so that it is never dropped.
struct function_facts {
    std::uint32_t module = 0;  // the number of the module it comes from
    bool is_builtin = false;   // host code, given as IR
    bool is_private = false;   // nobody outside of the program calls it, or takes its address
    bool is_address_taken = false;
};

/// The functions of a program, and facts about them: an entry of `facts` for each function, in
/// their order. The names of functions are unique.
struct program {
    ir::module code;
    std::vector<function_facts> facts;
};

}  // namespace palimpsest::inlining
