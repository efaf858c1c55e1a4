// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/analysis/dominance_frontier.hpp>

#include <catch2/catch.hpp>

#include <random>
#include <utility>
#include <vector>

#include "ir/branching.hpp"

namespace ir = palimpsest::ir;
using ir::block;
using palimpsest::test::branches;
using palimpsest::test::branching;

namespace {

std::vector<bool> joins(const ir::function& f, ir::analysis::dominance_frontier& frontier,
                        const std::vector<block>& changing) {
    std::vector<bool> made(f.block_count());
    frontier.for_each_join(changing, [&](block at) {
        REQUIRE_FALSE(made[at.index()]);
        made[at.index()] = true;
    });
    return made;
}

/// By definition: the first blocks not dominated by what changes, and so on from there.
std::vector<bool> joins_by_definition(const branches& ways, const ir::analysis::dominators& tree,
                                      const std::vector<block>& changing) {
    std::vector<bool> changes(ways.size());
    for (const auto one : changing) changes[one.index()] = tree.is_reachable(one);
    std::vector<bool> made(ways.size());
    for (bool grows = true; grows;) {
        grows = false;
        for (std::size_t root = 0; root < ways.size(); ++root)
            for (std::size_t from = 0; from < ways.size(); ++from)
                for (const auto to : ways[from]) {
                    const bool frontier = changes[root] &&
                                          tree.dominates(block(root), block(from)) &&
                                          (root == to || !tree.dominates(block(root), block(to)));
                    if (frontier && !made[to]) grows = made[to] = changes[to] = true;
                }
    }
    return made;
}

}  // namespace

TEST_CASE("ways join where what changes no longer dominates, and where that leads in turn") {
    // Two arms join in 3, which is in a loop from 1.
    const auto f = branching({{1}, {2, 3}, {3}, {1, 4}, {}});
    const ir::analysis::dominators tree(f);
    ir::analysis::dominance_frontier frontier(f, tree);
    CHECK(joins(f, frontier, {block(2)}) == std::vector<bool>{false, true, false, true, false});
    CHECK(joins(f, frontier, {block(3)}) == std::vector<bool>{false, true, false, false, false});
    CHECK(joins(f, frontier, {block(0), block(4)}) == std::vector<bool>(5));
    CHECK(joins(f, frontier, {}) == std::vector<bool>(5));
}

TEST_CASE("joins are those of the definition, whatever the branches") {
    std::mt19937_64 random(Catch::rngSeed());
    const auto pick = [&](std::size_t most) {
        return std::uniform_int_distribution<std::size_t>(0, most)(random);
    };
    for (int round = 0; round < 300; ++round) {
        branches ways(pick(11) + 1);
        for (auto& from : ways)
            for (auto count = pick(3); count > 0 && ways.size() > 1; --count)
                from.push_back(1 + pick(ways.size() - 2));
        const auto f = branching(ways);
        const ir::analysis::dominators tree(f);
        ir::analysis::dominance_frontier frontier(f, tree);
        for (int again = 0; again < 3; ++again) {
            std::vector<block> changing;
            for (auto count = pick(3); count > 0; --count)
                changing.emplace_back(pick(ways.size() - 1));
            REQUIRE(joins(f, frontier, changing) == joins_by_definition(ways, tree, changing));
        }
    }
}

TEST_CASE("a change in the innermost of a hundred thousand loops joins at all their headers") {
    const std::size_t count = 100'000;
    branches ways(2 * count + 1);
    for (std::size_t at = 0; at < count; ++at) {
        ways[at] = {at + 1};
        ways[count + at] = {count - at, count + at + 1};
    }
    const auto f = branching(ways);
    const ir::analysis::dominators tree(f);
    ir::analysis::dominance_frontier frontier(f, tree);
    std::size_t found = 0;
    const std::vector<block> changing{block(count)};
    frontier.for_each_join(changing, [&](block) { ++found; });
    CHECK(found == count);
}

TEST_CASE("a search stops where more branches lead on than are left, and the next is whole") {
    const auto f = branching({{1}, {2, 3}, {3}, {1, 4}, {}});
    const ir::analysis::dominators tree(f);
    ir::analysis::dominance_frontier frontier(f, tree);
    CHECK(frontier.branch_count() == 2);
    const std::vector<block> changing{block(2)};
    const auto search = [&](std::size_t& left) {
        std::size_t found = 0;
        const bool whole = frontier.for_each_join(changing, left, [&](block) { ++found; });
        return std::pair(whole, found);
    };
    std::size_t left = 5;
    CHECK(search(left) == std::pair(true, std::size_t{2}));
    CHECK(left == 3);
    CHECK(search(left) == std::pair(true, std::size_t{2}));
    CHECK(left == 1);
    CHECK(search(left) == std::pair(false, std::size_t{1}));
    CHECK(left == 0);
    CHECK(search(left) == std::pair(false, std::size_t{0}));
    CHECK(joins(f, frontier, {block(2)}) == std::vector<bool>{false, true, false, true, false});
}
