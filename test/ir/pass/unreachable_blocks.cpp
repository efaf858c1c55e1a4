// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/pass/unreachable_blocks.hpp>

#include "passed.hpp"

namespace ir = palimpsest::ir;
namespace pass = palimpsest::pass;
namespace test = palimpsest::test;

TEST_CASE("blocks that no way leads to go, with what they define") {
    auto of = ir::text::read_function(
        "function %f(i32) -> i32 {\nblock0(v0: i32):\njump block3\n"
        "block1(v1: i32):\nv2 = ineg v1\njump block2(v2)\n"
        "block2(v3: i32):\nbrif v3, block1(v3), block3\n"
        "block3:\nreturn v0\n}");
    CHECK(test::pass_checked<pass::unreachable_blocks>(of));
    CHECK_FALSE(of.is_placed(ir::block(1)));
    CHECK_FALSE(of.is_placed(ir::block(2)));
    for (const std::size_t gone : {1U, 2U, 3U})
        CHECK(of[ir::value(gone)].is == ir::value_data::kind::unused);
    CHECK_FALSE(test::pass_checked<pass::unreachable_blocks>(of));
}
