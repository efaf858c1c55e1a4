// SPDX-License-Identifier: Apache-2.0
// What inlining a call requires of an IR (palimpsest::inlining::InlinableIr), provided for
// toy::function: how to inspect a function, and how to split, clone and remap.
#pragma once

#include <cstddef>
#include <palimpsest/inline/concepts.hpp>
#include <range/v3/algorithm/find.hpp>
#include <range/v3/algorithm/replace.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/transform.hpp>
#include <span>
#include <utility>
#include <vector>

#include "ir.hpp"

namespace toy {

struct adapter {
    using function = toy::function;
    using block = int;
    using instruction = int;
    using value = int;
    using role_type = palimpsest::inlining::instruction_role;

    // Inspecting a function.
    static int entry(const function& f) { return f.order[0]; }
    static const std::vector<int>& blocks(const function& f) { return f.order; }
    static std::vector<int> successors(const function& f, int from) {
        return f.of(f.at(from).instructions.back()).targets |
               ranges::views::transform(&target::to) | ranges::to<std::vector>();
    }
    static const std::vector<int>& parameters(const function& f, int of) {
        return f.at(of).parameters;
    }
    static const std::vector<int>& instructions(const function& f, int of) {
        return f.at(of).instructions;
    }
    static std::size_t value_count(const function& f) { return static_cast<std::size_t>(f.values); }
    static std::size_t block_count(const function& f) { return f.blocks.size(); }
    static std::size_t index(int of) { return static_cast<std::size_t>(of); }
    static role_type role(const function& f, int it) {
        return f.of(it).op == op::give ? role_type::returns : role_type::plain;
    }
    static const std::vector<int>& returned(const function& f, int it) { return f.of(it).uses; }

    // Inspecting a call. This IR has no tail calls.
    static bool is_tail_call(const function&, int) { return false; }
    static const std::vector<int>& call_arguments(const function& f, int it) {
        return f.of(it).uses;
    }
    static std::vector<int> call_results(const function& f, int it) { return {f.of(it).result}; }

    // Changing the caller.
    static void begin(function&, int, const function&) {}
    static int new_block(function& f, int behind, const function&, int) {
        f.blocks.emplace_back();
        const int made = static_cast<int>(f.blocks.size()) - 1;
        f.order.insert(ranges::find(f.order, behind) + 1, made);
        return made;
    }
    static int split_behind(function& f, int at, int call) {
        const int made = new_block(f, at, f, at);
        auto& from = f.at(at).instructions;
        const auto next = ranges::find(from, call) + 1;
        f.at(made).instructions.assign(next, from.end());
        from.erase(next, from.end());
        return made;
    }
    static int add_parameter(function& f, int to, const function&, int) {
        f.at(to).parameters.push_back(f.values);
        return f.values++;
    }
    template <class Remap>
    static void append_copy(function& f, int to, const function& from, int which, Remap& remap) {
        auto made = from.of(which);
        for (auto& one : made.uses) one = remap.value_of(one);
        for (auto& way : made.targets) {
            way.to = remap.block_of(way.to);
            for (auto& one : way.passed) one = remap.value_of(one);
        }
        if (made.result >= 0) {
            remap.bind_value(made.result, f.values);
            made.result = f.values++;
        }
        f.put(to, std::move(made));
    }
    static void append_jump(function& f, int from, int to, std::span<const int> passed) {
        f.put(from,
              {.op = op::jump, .uses = {}, .targets = {{to, {passed.begin(), passed.end()}}}});
    }
    template <class Remap>
    static std::vector<int> append_call(function&, int, const function&, int, Remap&) {
        return {};
    }
    static void replace(function& f, int old, int by) {
        for (auto& it : f.pool) {
            ranges::replace(it.uses, old, by);
            for (auto& way : it.targets) ranges::replace(way.passed, old, by);
        }
    }
    static void erase(function& f, int in, int which) { std::erase(f.at(in).instructions, which); }
};

}  // namespace toy
