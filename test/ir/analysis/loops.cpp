// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/analysis/loops.hpp>

#include <catch2/catch.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/transform.hpp>

#include <random>
#include <vector>

#include "ir/branching.hpp"

namespace ir = palimpsest::ir;
namespace views = ranges::views;
using ir::block;
using palimpsest::test::branches;
using palimpsest::test::branching;

namespace {

std::vector<unsigned> depths(const branches& ways) {
    const auto f = branching(ways);
    const ir::analysis::loops all(f);
    return f.blocks() | views::transform([&](block one) { return all.depth(one); }) |
           ranges::to<std::vector>();
}

/// By definition: for each header, all that reaches a branch back without passing it.
std::vector<unsigned> depths_by_definition(const branches& ways) {
    const auto f = branching(ways);
    const ir::analysis::dominators tree(f);
    std::vector<unsigned> made(ways.size());
    for (std::size_t header = 0; header < ways.size(); ++header) {
        std::vector<bool> in(ways.size());
        for (std::size_t from = 0; from < ways.size(); ++from)
            for (const auto to : ways[from])
                if (to == header && tree.dominates(block(header), block(from)))
                    in[header] = in[from] = true;
        for (bool grows = true; grows;) {
            grows = false;
            for (std::size_t from = 0; from < ways.size(); ++from)
                for (const auto to : ways[from])
                    if (in[to] && to != header && !in[from] && tree.is_reachable(block(from)))
                        grows = in[from] = true;
        }
        for (std::size_t one = 0; one < ways.size(); ++one) made[one] += in[one] ? 1 : 0;
    }
    return made;
}

}  // namespace

TEST_CASE("without a branch back there is no loop") {
    CHECK(depths({{1, 2}, {3}, {3}, {}}) == std::vector<unsigned>{0, 0, 0, 0});
}

TEST_CASE("a function without blocks has no loops") {
    const ir::function f;
    CHECK_NOTHROW(ir::analysis::loops(f));
}

TEST_CASE("a loop holds what leads back to its header, and not what leaves it") {
    // 1 is the header, 3 leaves, and 4 only follows.
    CHECK(depths({{1}, {2}, {1, 3}, {4}, {}}) == std::vector<unsigned>{0, 1, 1, 0, 0});
    CHECK(depths({{1}, {1, 2}, {}}) == std::vector<unsigned>{0, 1, 0});
}

TEST_CASE("loops in loops add up") {
    CHECK(depths({{1}, {2}, {3}, {3, 4}, {2, 5}, {1, 6}, {}}) ==
          std::vector<unsigned>{0, 1, 2, 3, 2, 1, 0});
}

TEST_CASE("two branches back to one header are one loop") {
    CHECK(depths({{1}, {2, 3}, {1}, {1, 4}, {}}) == std::vector<unsigned>{0, 1, 1, 1, 0});
}

TEST_CASE("two loops one after the other are not nested") {
    CHECK(depths({{1}, {1, 2}, {2, 3}, {}}) == std::vector<unsigned>{0, 1, 1, 0});
}

TEST_CASE("a cycle with two entries is no loop, and one around it still is") {
    CHECK(depths({{1, 2}, {2}, {1, 3}, {}}) == std::vector<unsigned>{0, 0, 0, 0});
    CHECK(depths({{1}, {2, 3}, {3}, {2, 4}, {1, 5}, {}}) ==
          std::vector<unsigned>{0, 1, 1, 1, 1, 0});
}

TEST_CASE("what cannot be reached is in no loop, and makes none") {
    CHECK(depths({{1}, {}, {2, 1}}) == std::vector<unsigned>{0, 0, 0});
    // 3 is unreachable: it does not belong to the loop of 1, although it leads there.
    CHECK(depths({{1}, {2}, {1, 4}, {2}, {}}) == std::vector<unsigned>{0, 1, 1, 0, 0});
}

TEST_CASE("depths are found in a function that was read from text") {
    const auto f = ir::text::read_function(R"(function %f(i32) -> i32 {
block0(v0: i32):
    jump block1(v0)
block1(v1: i32):
    v2 = iadd_imm v1, -1
    brif v2, block1(v2), block2
block2:
    return v1
})");
    const ir::analysis::loops all(f, ir::analysis::dominators(f));
    CHECK(all.depth(block(0)) == 0);
    CHECK(all.depth(block(1)) == 1);
    CHECK(all.depth(block(2)) == 0);
}

TEST_CASE("loop depths are those of the definition, whatever the branches") {
    std::mt19937_64 random(Catch::rngSeed());
    const auto pick = [&](std::size_t most) {
        return std::uniform_int_distribution<std::size_t>(0, most)(random);
    };
    for (int round = 0; round < 500; ++round) {
        branches ways(pick(11) + 1);
        for (auto& from : ways)
            for (auto count = pick(2); count > 0 && ways.size() > 1; --count)
                from.push_back(1 + pick(ways.size() - 2));
        REQUIRE(depths(ways) == depths_by_definition(ways));
    }
}

TEST_CASE("a hundred thousand loops, nested or one after the other, take no recursion and no age") {
    const std::size_t count = 100'000;
    branches nested(2 * count + 2);
    branches chain(count + 2);
    nested[0] = chain[0] = {1};
    for (std::size_t at = 1; at <= count; ++at) {
        nested[at] = {at + 1};                                  // the header
        nested[count + at] = {count + 1 - at, count + at + 1};  // the end, of the innermost first
        chain[at] = {at, at + 1};
    }
    const auto inward = depths(nested);
    CHECK(inward[0] == 0);
    CHECK(inward[1] == 1);
    CHECK(inward[count] == count);
    CHECK(inward[count + 1] == count);
    CHECK(inward[2 * count] == 1);
    CHECK(inward[2 * count + 1] == 0);
    const auto flat = depths(chain);
    CHECK(flat[1] == 1);
    CHECK(flat[count] == 1);
    CHECK(flat[count + 1] == 0);
}
