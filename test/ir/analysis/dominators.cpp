// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/analysis/dominators.hpp>
#include <palimpsest/ir/analysis/post_order.hpp>
#include <palimpsest/ir/analysis/predecessors.hpp>

#include <catch2/catch.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <range/v3/algorithm/count_if.hpp>

#include <random>

#include "ir/branching.hpp"

namespace ir = palimpsest::ir;
using ir::block;
using palimpsest::test::branches;
using palimpsest::test::branching;

namespace {

/// Whether `other` can be reached without passing through `avoided`.
bool reaches_around(const branches& ways, std::size_t other, std::size_t avoided) {
    std::vector<bool> seen(ways.size());
    std::vector<std::size_t> waiting;
    if (avoided != 0) waiting.push_back(0);
    while (!waiting.empty()) {
        const auto at = waiting.back();
        waiting.pop_back();
        if (seen[at]) continue;
        seen[at] = true;
        for (const auto to : ways[at])
            if (to != avoided) waiting.push_back(to);
    }
    return seen[other];
}

/// Checks that parents come first, and that what a block dominates is one run.
void check_preorder(const ir::analysis::dominators& tree, std::size_t count) {
    std::vector<bool> seen(count);
    for (const auto at : tree.preorder()) {
        REQUIRE_FALSE(seen[at.index()]);
        REQUIRE((at == block(0) || seen[tree.parent(at).index()]));
        seen[at.index()] = true;
    }
    for (std::size_t number = 0; number < count; ++number) {
        const block one(number);
        REQUIRE(seen[number] == tree.is_reachable(one));
        const auto is_dominated = [&](block other) { return tree.dominates(one, other); };
        const auto dominated = tree.dominated_by(one);
        REQUIRE(std::ssize(dominated) == ranges::count_if(tree.preorder(), is_dominated));
        for (const auto other : dominated) REQUIRE(is_dominated(other));
    }
}

}  // namespace

TEST_CASE("a block comes after all that it leads to, and what cannot be reached not at all") {
    const auto f = branching({{1, 2}, {3}, {3}, {}, {3}});
    const auto order = ir::analysis::post_order(f);
    CHECK(order.size() == 4);
    CHECK(order.front() == block(3));
    CHECK(order.back() == block(0));
}

TEST_CASE("a long way takes no recursion") {
    branches ways(200'000);
    for (std::size_t at = 0; at + 1 < ways.size(); ++at) ways[at] = {at + 1};
    const auto f = branching(ways);
    CHECK(ir::analysis::post_order(f).size() == ways.size());
    const ir::analysis::dominators tree(f);
    CHECK(tree.parent(block(199'999)) == block(199'998));
    CHECK(tree.dominates(block(0), block(199'999)));
    CHECK(tree.dominates(block(100'000), block(100'001)));
    CHECK_FALSE(tree.dominates(block(100'001), block(100'000)));
    CHECK(tree.preorder().back() == block(199'999));
}

TEST_CASE("dominators of loops nested a hundred thousand deep are found at once") {
    const std::size_t count = 100'000;
    branches ways(2 * count + 1);
    for (std::size_t at = 0; at < count; ++at) {
        ways[at] = {at + 1};
        ways[count + at] = {count - at, count + at + 1};
    }
    const auto f = branching(ways);
    const ir::analysis::dominators tree(f);
    for (std::size_t at = 1; at <= 2 * count; ++at)
        if (tree.parent(block(at)) != block(at - 1)) FAIL(at);
    // Each block dominates those after it: a walk up the tree for each would take an age.
    std::size_t dominated = 0;
    for (std::size_t at = 0; at <= 2 * count; ++at)
        dominated += tree.dominates(block(at), block(2 * count)) ? 1 : 0;
    CHECK(dominated == 2 * count + 1);
}

TEST_CASE("blocks have those that branch to them, once for each branch") {
    const auto f = branching({{1, 2, 1}, {3}, {3}, {}, {3}});
    const ir::analysis::predecessors before(f);
    const auto all = [&](std::size_t of) {
        return std::vector<block>(before[block(of)].begin(), before[block(of)].end());
    };
    CHECK(all(0).empty());
    CHECK(all(1) == std::vector{block(0), block(0)});
    CHECK(all(2) == std::vector{block(0)});
    CHECK(all(3) == std::vector{block(1), block(2), block(4)});
}

TEST_CASE("what cannot be reached dominates nothing, and is dominated by nothing") {
    const ir::analysis::dominators tree(branching({{1}, {}, {1}}));
    CHECK_FALSE(tree.dominates(block(2), block(1)));
    CHECK_FALSE(tree.dominates(block(0), block(2)));
    CHECK_FALSE(tree.dominates(block(2), block(2)));
    CHECK(tree.dominated_by(block(2)).empty());
}

TEST_CASE("a block dominates another when every way leads through it") {
    std::mt19937_64 random(Catch::rngSeed());
    const auto pick = [&](std::size_t most) {
        return std::uniform_int_distribution<std::size_t>(0, most)(random);
    };
    for (int round = 0; round < 200; ++round) {
        branches ways(pick(9) + 1);
        for (auto& from : ways)
            for (auto count = pick(3); count > 0 && ways.size() > 1; --count)
                from.push_back(1 + pick(ways.size() - 2));
        const auto f = branching(ways);
        const ir::analysis::dominators tree(f);
        for (std::size_t other = 0; other < ways.size(); ++other) {
            const bool reachable = reaches_around(ways, other, ways.size());
            REQUIRE(tree.is_reachable(block(other)) == reachable);
            if (!reachable) continue;
            for (std::size_t one = 0; one < ways.size(); ++one)
                if (tree.is_reachable(block(one)))
                    REQUIRE(tree.dominates(block(one), block(other)) ==
                            (one == other || !reaches_around(ways, other, one)));
        }
        check_preorder(tree, ways.size());
    }
}
