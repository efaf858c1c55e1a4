// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/pass/branch_folding.hpp>

#include "passed.hpp"

namespace pass = palimpsest::pass;
namespace test = palimpsest::test;

namespace {

std::string folded(const std::string& statements) {
    return test::after<pass::branch_folding>(statements);
}
const std::string two_ends =
    "block1(v5: i32):\nv7 = iadd_imm v5, 1\nreturn v7\nblock2:\nv8 = iadd_imm v1, 2\nreturn v8\n";

}  // namespace

TEST_CASE("a branch on a constant becomes a jump, and what it skips goes") {
    CHECK(folded("v3 = iconst.i8 4\nbrif v3, block1(v0), block2\n" + two_ends) ==
          "v3 = iconst.i8 4\njump block1(v0)\nblock1(v5: i32):\nv7 = iadd_imm v5, 1\nreturn v7\n");
    CHECK(folded("v3 = iconst.i8 0\nbrif v3, block1(v0), block2\n" + two_ends) ==
          "v3 = iconst.i8 0\njump block2\nblock2:\nv8 = iadd_imm v1, 2\nreturn v8\n");
}

TEST_CASE("a table on a constant becomes a jump to its entry, or to the default") {
    for (const auto& [number, target] :
         {std::pair{"0", "block1(v0)"}, {"1", "block1(v1)"}, {"2", "block2"}, {"-1", "block2"}}) {
        const auto made = folded("v3 = iconst.i32 " + std::string(number) +
                                 "\nbr_table v3, block2, [block1(v0), block1(v1)]\n" + two_ends);
        CHECK(made.find("jump " + std::string(target) + "\n") != std::string::npos);
    }
}

TEST_CASE("a branch that goes the same way in any case becomes a jump") {
    CHECK(folded("v3 -> v0\nbrif v1, block1(v3), block1(v0)\nblock1(v5: i32):\nv7 = iadd_imm v5, "
                 "1\nreturn v7\n")
              .find("jump block1(v3)\n") != std::string::npos);
    CHECK(folded("br_table v1, block1(v0), [block1(v0), block1(v0)]\nblock1(v5: i32):\nv7 = "
                 "iadd_imm v5, 1\nreturn v7\n")
              .starts_with("jump block1(v0)\n"));
    const std::string other =
        "brif v1, block1(v1), block1(v0)\nblock1(v5: i32):\nv7 = iadd_imm "
        "v5, 1\nreturn v7\n";
    CHECK(folded(other) == other);
}

TEST_CASE("a trap on a constant vanishes, or ends its block after what was written before") {
    CHECK(folded("v3 = iconst.i32 1\ntrapz v3, user1\nreturn v0\n") ==
          "v3 = iconst.i32 1\nreturn v0\n");
    CHECK(folded("v3 = iconst.i32 1\nstore v0, v2\ntrapnz v3, user1\nstore v1, v2\n"
                 "v4 = iadd v0, v1\njump block1\nblock1:\nreturn v4\n") ==
          "v3 = iconst.i32 1\nstore v0, v2\ntrap user1\n");
}

TEST_CASE("branches go round blocks that hold nothing but a jump") {
    CHECK(folded("brif v0, block1, block2\nblock1:\njump block3(v0)\nblock2:\njump block3(v1)\n"
                 "block3(v3: i32):\nv4 = ineg v3\nreturn v4\n") ==
          "brif v0, block3(v0), block3(v1)\nblock3(v3: i32):\nv4 = ineg v3\nreturn v4\n");
    CHECK(folded("brif v0, block1(v0, v1), block2(v1)\nblock1(v3: i32, v4: i32):\n"
                 "jump block2(v4)\nblock2(v5: i32):\njump block3(v5, v0)\n"
                 "block3(v6: i32, v7: i32):\nv8 = isub v6, v7\nreturn v8\n") ==
          "jump block3(v1, v0)\nblock3(v6: i32, v7: i32):\nv8 = isub v6, v7\nreturn v8\n");
}

TEST_CASE("no branch goes round a block whose parameter is used further on") {
    const std::string kept =
        "brif v0, block1(v0), block2\nblock1(v3: i32):\njump block3\nblock2:\nreturn v1\n"
        "block3:\nv4 = iadd v3, v1\nreturn v4\n";
    CHECK(folded(kept) == kept);
}

TEST_CASE("jumps in a circle stay a loop without an end") {
    CHECK(folded("brif v0, block1, block4\nblock1:\njump block2\nblock2:\njump block3\n"
                 "block3:\njump block1\nblock4:\nv3 = ineg v1\nreturn v3\n")
              .find("block4:\nv3 = ineg v1\nreturn v3\n") != std::string::npos);
}
