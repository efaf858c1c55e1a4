// SPDX-License-Identifier: Apache-2.0
// Uses the inliner on an IR that is not the library's: call by call, and through the driver with
// any decision.

#include <cstdio>
#include <palimpsest/inline/decide/remark.hpp>
#include <palimpsest/inline/decide/small_callee.hpp>
#include <palimpsest/inline/inline_call.hpp>
#include <palimpsest/inline/inliner.hpp>

#include "adapter.hpp"
#include "functions.hpp"
#include "ir.hpp"
#include "whole_program.hpp"

namespace inlining = palimpsest::inlining;
namespace decide = palimpsest::decide;

namespace {

int run_and_print(const char* what, const toy::program& all) {
    int steps = 0;
    const int result = toy::run(all, all[0], {10}, steps);
    std::printf("%-28s twice(10) = %d in %d steps\n", what, result, steps);
    return result;
}

}  // namespace

int main() {
    const toy::program before{toy::twice(), toy::sum_by_loop()};
    const int expected = run_and_print("with calls:", before);

    // A single call: this call, this body. Instruction 1 of block 0 calls function 1.
    auto by_hand = before;
    toy::adapter adapter;
    const auto made = inlining::inline_call(adapter, by_hand[0], 0, 1, before[1]);
    std::printf("inline_call copied %zu instructions\n", made.instructions);
    const int one = run_and_print("the first call inlined:", by_hand);

    // The driver: a decision for each call, callees before their callers.
    auto all = before;
    toy::whole_program program(all);
    inlining::inliner<decide::remark<decide::small_callee<10>>> inliner;
    inliner(program);
    std::printf("%s", inliner.decision().text().c_str());
    const int both = run_and_print("all small callees inlined:", all);
    return one == expected && both == expected ? 0 : 1;
}
