// SPDX-License-Identifier: Apache-2.0
// Two functions of the toy IR: one sums up in a loop, one calls it twice.
#pragma once

#include "ir.hpp"

namespace toy {

/// `sofar` + 1 + ... + n, with a loop back to the entry, which therefore needs its parameters.
inline function sum_by_loop() {
    function f{.name = "sum", .blocks = {}, .order = {0, 1, 2}, .pool = {}, .values = 5};
    f.blocks.resize(3);
    f.at(0).parameters = {0, 1};  // n, the sum so far
    f.put(0, {.op = op::branch, .uses = {0}, .targets = {{1, {}}, {2, {}}}});
    f.put(1, {.op = op::add, .uses = {0, 1}, .result = 2});
    f.put(1, {.op = op::number, .uses = {}, .result = 3, .number = -1});
    f.put(1, {.op = op::add, .uses = {0, 3}, .result = 4});
    f.put(1, {.op = op::jump, .uses = {}, .targets = {{0, {4, 2}}}});
    f.put(2, {.op = op::give, .uses = {1}});
    return f;
}

/// n + sum(n, sum(n, 100)), where sum is function 1.
inline function twice() {
    function f{.name = "twice", .blocks = {}, .order = {0}, .pool = {}, .values = 5};
    f.blocks.resize(1);
    f.at(0).parameters = {0};
    f.put(0, {.op = op::number, .uses = {}, .result = 1, .number = 100});
    f.put(0, {.op = op::call, .uses = {0, 1}, .result = 2, .number = 1});
    f.put(0, {.op = op::call, .uses = {0, 2}, .result = 3, .number = 1});
    f.put(0, {.op = op::add, .uses = {3, 0}, .result = 4});
    f.put(0, {.op = op::give, .uses = {4}});
    return f;
}

}  // namespace toy
