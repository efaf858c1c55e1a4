// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/pass/constant_parameters.hpp>

#include <palimpsest/ir/pass/alias_resolution.hpp>
#include <palimpsest/ir/pass/pipeline.hpp>

#include "passed.hpp"

namespace ir = palimpsest::ir;
namespace pass = palimpsest::pass;
namespace test = palimpsest::test;

namespace {

const auto replaced =
    test::after<pass::pipeline<pass::constant_parameters, pass::alias_resolution>>;

}  // namespace

TEST_CASE("a parameter that gets the same from everywhere goes") {
    CHECK(replaced("v9 -> v1\nbrif v0, block1(v0, v1), block1(v1, v9)\n"
                   "block1(v3: i32, v4: i32):\nv5 = isub v3, v4\nreturn v5\n",
                   "") ==
          "brif v0, block1(v0), block1(v1)\nblock1(v3: i32):\n"
          "v5 = isub v3, v1\nreturn v5\n");
}

TEST_CASE("a parameter that gets itself around a loop goes, through other blocks too") {
    CHECK(replaced("jump block1(v0, v1)\nblock1(v3: i32, v4: i32):\nv5 = iadd_imm v3, -1\n"
                   "brif v5, block2(v4), block3\nblock2(v6: i32):\nstore v6, v2\n"
                   "jump block1(v5, v6)\nblock3:\nreturn v4\n",
                   "") ==
          "jump block1(v0)\nblock1(v3: i32):\nv5 = iadd_imm v3, -1\n"
          "brif v5, block2, block3\nblock2:\nstore v1, v2\n"
          "jump block1(v5)\nblock3:\nreturn v1\n");
}

TEST_CASE("two parameters that change places at each round stay") {
    const std::string kept =
        "jump block1(v0, v1, v0)\nblock1(v3: i32, v4: i32, v5: i32):\nv6 = iadd_imm v5, -1\n"
        "brif v6, block1(v4, v3, v6), block2\nblock2:\nv7 = isub v3, v4\nreturn v7\n";
    CHECK(replaced(kept, "") == kept);
}

TEST_CASE("a parameter that stands for one that changes becomes that one") {
    CHECK(replaced("jump block1(v0)\nblock1(v3: i32):\nv4 = iadd_imm v3, -1\n"
                   "brif v1, block2(v3), block3(v3)\nblock2(v5: i32):\njump block3(v5)\n"
                   "block3(v6: i32):\nbrif v4, block1(v4), block4\nblock4:\nreturn v6\n",
                   "") ==
          "jump block1(v0)\nblock1(v3: i32):\nv4 = iadd_imm v3, -1\n"
          "brif v1, block2, block3\nblock2:\njump block3\n"
          "block3:\nbrif v4, block1(v4), block4\nblock4:\nreturn v3\n");
}

TEST_CASE("what cannot be reached has no say, and keeps its own parameters") {
    CHECK(replaced("jump block1(v0)\nblock1(v3: i32):\nreturn v3\nblock2(v4: i32):\n"
                   "brif v4, block2(v4), block1(v4)\n",
                   "") ==
          "jump block1\nblock1:\nreturn v0\nblock2(v4: i32):\n"
          "brif v4, block2(v4), block1\n");
}
