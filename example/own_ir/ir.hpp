// SPDX-License-Identifier: Apache-2.0
// Your own IR, which knows nothing of the library: numbers for everything, five operations, blocks
// with parameters, and an interpreter.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace toy {

enum class op { number, add, call, jump, branch, give };

struct target {
    int to = 0;
    std::vector<int> passed;
};
struct instruction {
    toy::op op{};
    std::vector<int> uses;
    int result = -1;
    int number = 0;  // the value of op::number, the callee of op::call
    std::vector<target> targets{};
};
struct block {
    std::vector<int> parameters;
    std::vector<int> instructions;  // by number in the function
};
struct function {
    std::string name;
    std::vector<block> blocks;
    std::vector<int> order;
    std::vector<instruction> pool;
    int values = 0;

    void put(int in, instruction what) {
        at(in).instructions.push_back(static_cast<int>(pool.size()));
        pool.push_back(std::move(what));
    }
    block& at(int which) { return blocks[static_cast<std::size_t>(which)]; }
    const block& at(int which) const { return blocks[static_cast<std::size_t>(which)]; }
    const instruction& of(int which) const { return pool[static_cast<std::size_t>(which)]; }
};
using program = std::vector<function>;

/// What a function returns; `steps` counts the instructions executed.
inline int run(const program& all, const function& f, const std::vector<int>& given, int& steps) {
    std::map<int, int> held;
    const auto values = [&](const std::vector<int>& uses) {
        std::vector<int> made;
        made.reserve(uses.size());
        for (const int one : uses) made.push_back(held.at(one));
        return made;
    };
    const auto enter = [&](int block, const std::vector<int>& passed) {
        for (std::size_t index = 0; index < passed.size(); ++index)
            held[f.at(block).parameters[index]] = passed[index];
        return block;
    };
    for (int block = enter(f.order[0], given);;) {
        for (const int number : f.at(block).instructions) {
            ++steps;
            const auto& it = f.of(number);
            const auto used = values(it.uses);
            if (it.op == op::number) held[it.result] = it.number;
            if (it.op == op::add) held[it.result] = used[0] + used[1];
            if (it.op == op::call)
                held[it.result] = run(all, all[static_cast<std::size_t>(it.number)], used, steps);
            if (it.op == op::give) return used[0];
            if (it.targets.empty()) continue;
            const auto& way = it.targets[it.op == op::branch && used[0] <= 0 ? 1 : 0];
            block = enter(way.to, values(way.passed));
        }
    }
}

}  // namespace toy
