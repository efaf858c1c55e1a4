// SPDX-License-Identifier: Apache-2.0
// Uses the inliner on an IR that is not the library's: that of example/own_ir, which only has to
// bring its adapter and program.

#include <palimpsest/inline/decide/always.hpp>
#include <palimpsest/inline/decide/constant_arguments.hpp>
#include <palimpsest/inline/inline_call.hpp>
#include <palimpsest/inline/inliner.hpp>

#include <catch2/catch.hpp>
#include <range/v3/algorithm/count.hpp>
#include <range/v3/view/join.hpp>
#include <range/v3/view/transform.hpp>

#include <span>
#include <string>
#include <vector>

#include "own_ir/adapter.hpp"
#include "own_ir/functions.hpp"
#include "own_ir/whole_program.hpp"

namespace decide = palimpsest::decide;
namespace inlining = palimpsest::inlining;

namespace {

int run(const toy::program& all, const toy::function& f, int given) {
    int steps = 0;
    return toy::run(all, f, {given}, steps);
}

std::size_t calls_in(const toy::function& f) {
    const auto instructions =
        f.blocks | ranges::views::transform(&toy::block::instructions) | ranges::views::join;
    return static_cast<std::size_t>(
        ranges::count(instructions, toy::op::call, [&](int number) { return f.of(number).op; }));
}

/// An adapter that records the changes of the caller, in order.
struct noting_adapter : toy::adapter {
    std::vector<std::string> calls;

    void begin(function& f, int at, const function& callee) {
        calls.emplace_back("begin");
        adapter::begin(f, at, callee);
    }
    int new_block(function& f, int behind, const function& callee, int like) {
        calls.emplace_back("new_block");
        return adapter::new_block(f, behind, callee, like);
    }
    int split_behind(function& f, int at, int call) {
        calls.emplace_back("split_behind");
        return adapter::split_behind(f, at, call);
    }
    int add_parameter(function& f, int to, const function& from, int like) {
        calls.emplace_back("add_parameter");
        return adapter::add_parameter(f, to, from, like);
    }
    template <class Remap>
    void append_copy(function& f, int to, const function& from, int which, Remap& remap) {
        calls.emplace_back("append_copy");
        adapter::append_copy(f, to, from, which, remap);
    }
    void append_jump(function& f, int from, int to, std::span<const int> passed) {
        calls.emplace_back("append_jump");
        adapter::append_jump(f, from, to, passed);
    }
    void replace(function& f, int old, int by) {
        calls.emplace_back("replace");
        adapter::replace(f, old, by);
    }
    void erase(function& f, int in, int which) {
        calls.emplace_back("erase");
        adapter::erase(f, in, which);
    }
};

/// A function of two parameters that returns the first one plus 1.
toy::function next() {
    toy::function f{.name = "next", .blocks = {}, .order = {0}, .pool = {}, .values = 4};
    f.blocks.resize(1);
    f.at(0).parameters = {0, 1};
    f.put(0, {.op = toy::op::number, .uses = {}, .result = 2, .number = 1});
    f.put(0, {.op = toy::op::add, .uses = {0, 2}, .result = 3});
    f.put(0, {.op = toy::op::give, .uses = {3}});
    return f;
}

/// A function that returns the sum up to n, by calling itself.
toy::function sum_by_recursion() {
    toy::function f{.name = "down", .blocks = {}, .order = {0, 1, 2}, .pool = {}, .values = 5};
    f.blocks.resize(3);
    f.at(0).parameters = {0};
    f.put(0, {.op = toy::op::branch, .uses = {0}, .targets = {{1, {}}, {2, {}}}});
    f.put(1, {.op = toy::op::number, .uses = {}, .result = 1, .number = -1});
    f.put(1, {.op = toy::op::add, .uses = {0, 1}, .result = 2});
    f.put(1, {.op = toy::op::call, .uses = {2}, .result = 3, .number = 0});
    f.put(1, {.op = toy::op::add, .uses = {3, 0}, .result = 4});
    f.put(1, {.op = toy::op::give, .uses = {4}});
    f.put(2, {.op = toy::op::give, .uses = {0}});
    return f;
}

}  // namespace

TEST_CASE("an IR of the user's own is inlined by the same mechanics") {
    STATIC_REQUIRE(inlining::InlinableIr<toy::adapter>);
    const toy::program all{toy::twice(), toy::sum_by_loop()};
    auto inlined = all[0];
    toy::adapter adapter;
    inlining::inline_call(adapter, inlined, 0, 2, all[1]);
    inlining::inline_call(adapter, inlined, 0, 1, all[1]);
    CHECK(calls_in(inlined) == 0);
    for (int given = 0; given < 6; ++given)
        CHECK(run(all, inlined, given) == run(all, all[0], given));
}

TEST_CASE("an adapter is told of each call before anything changes, and of the changes in order") {
    auto caller = toy::twice();
    noting_adapter adapter;
    const std::vector<std::string> wanted{
        "begin", "split_behind", "add_parameter", "replace",     "new_block",
        "erase", "append_jump",  "append_copy",   "append_copy", "append_jump"};
    for (const int call : {2, 1}) {
        adapter.calls.clear();
        inlining::inline_call(adapter, caller, 0, call, next());
        CHECK(adapter.calls == wanted);
    }
    CHECK(run({}, caller, 5) == 5 + 1 + 5);
}

TEST_CASE("an IR of the user's own is inlined by the same driver and decisions") {
    STATIC_REQUIRE(inlining::InlinableProgram<toy::whole_program>);
    const toy::program before{toy::twice(), toy::sum_by_loop()};
    auto after = before;
    toy::whole_program program(after);
    inlining::inliner<decide::constant_arguments> some;
    CHECK(some(program).inlined == 1);
    CHECK(calls_in(after[0]) == 1);
    inlining::inliner<decide::always> rest;
    CHECK(rest(program).inlined == 1);
    CHECK(calls_in(after[0]) == 0);
    for (int given = 0; given < 6; ++given)
        CHECK(run(after, after[0], given) == run(before, before[0], given));
}

TEST_CASE("recursion in an IR of the user's own is inlined once") {
    const toy::program before{sum_by_recursion()};
    auto after = before;
    toy::whole_program program(after);
    inlining::inliner<decide::always> inliner;
    CHECK(inliner(program).inlined == 1);
    CHECK(calls_in(after[0]) == 1);
    for (int given = 0; given < 6; ++given)
        CHECK(run(after, after[0], given) == run(before, before[0], given));
}
