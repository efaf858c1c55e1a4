// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/pass/block_merging.hpp>

#include "passed.hpp"

namespace ir = palimpsest::ir;
namespace pass = palimpsest::pass;
namespace test = palimpsest::test;

namespace {

const auto merged = test::after<pass::block_merging>;

}  // namespace

TEST_CASE("a block that only one jump leads to is merged into that block") {
    CHECK(merged("v3 = ineg v0\njump block2(v3, v1)\nblock1(v8: i32):\nreturn v8\n"
                 "block2(v4: i32, v5: i32):\nv6 = iadd v4, v5\njump block1(v6)\n",
                 "") ==
          "v5 -> v1\nv3 = ineg v0\nv4 -> v3\nv6 = iadd v4, v5\nv8 -> v6\nreturn v8\n");
}

TEST_CASE("a block that several branches lead to, or one with a choice, stays") {
    for (const std::string kept :
         {"brif v0, block1, block2\nblock1:\nv3 = ineg v0\nreturn v3\nblock2:\nreturn v1\n",
          "brif v0, block1, block1\nblock1:\nreturn v1\n",
          "jump block1(v0)\nblock1(v3: i32):\nv4 = iadd_imm v3, 1\nbrif v4, block1(v4), block2\n"
          "block2:\nreturn v4\n"})
        CHECK(merged(kept, "") == kept);
}

TEST_CASE("a circle that cannot be reached is left alone") {
    const std::string kept =
        "return v0\nblock1(v3: i32):\njump block2(v3)\nblock2(v4: i32):\njump block1(v4)\n";
    CHECK(merged(kept, "") == kept);
}

TEST_CASE("a long chain of blocks becomes one block") {
    std::string text = "function %f(i32) -> i32 {\nblock0(v0: i32):\njump block1(v0)\n";
    constexpr std::size_t count = 50'000;
    for (std::size_t number = 1; number < count; ++number) {
        const auto name = std::to_string(number);
        text += "block" + name + "(v" + name + ": i32):\njump block" + std::to_string(number + 1) +
                "(v" + name + ")\n";
    }
    text += "block50000(v50000: i32):\nreturn v50000\n}\n";
    auto of = ir::text::read_function(text);
    CHECK(pass::block_merging{}(of));
    CHECK(ir::verify(of).empty());
    CHECK(of.entry() == of.last_block());
    CHECK(of.resolve(of.arguments(of.last(of.entry()))[0]) == ir::value(0));
}
