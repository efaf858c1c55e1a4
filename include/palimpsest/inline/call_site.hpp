// SPDX-License-Identifier: Apache-2.0
// A call as a decision sees it: numbers and facts, independent of the IR.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace palimpsest::inlining {

/// A call as a decision sees it. Sizes are in instructions, as of when the decision is asked.
/// Callees come before their callers, so a callee's size includes the bodies that were inlined into
/// it.
struct call_site {
    std::string_view caller;  // names
    std::string_view callee;
    std::size_t caller_size = 0;  // in instructions
    std::size_t callee_size = 0;
    std::size_t arguments = 0;
    std::size_t constant_arguments = 0;  // how many of them are constants
    std::size_t results = 0;
    std::size_t callee_call_sites = 0;   // in the whole program, this one included
    unsigned loop_depth = 0;             // loops of the caller around the call
    unsigned inlined_depth = 0;          // inlined bodies around the call; 0: the caller's own
    bool callee_is_only_called = false;  // private, and its address is not taken: it goes
                                         // with its last call site
    bool callee_is_builtin = false;
    bool crosses_modules = false;
    bool is_recursive = false;  // the callee leads back to the caller
    bool is_tail_call = false;
    bool is_cold = false;  // in a block marked cold
};

}  // namespace palimpsest::inlining
