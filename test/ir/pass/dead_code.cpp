// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/pass/dead_code.hpp>

#include "passed.hpp"

namespace ir = palimpsest::ir;
namespace pass = palimpsest::pass;
namespace test = palimpsest::test;

namespace {

const auto swept = test::after<pass::dead_code>;

/// Whether an instruction with unused results is removed.
bool goes(const std::string& instruction) {
    const std::string head = "v10 = iconst.i32 0\nv11 = iconst.i32 -1\nv12 = bitcast.f32 v0\n";
    const auto made = swept(head + instruction + "\nreturn v0\n",
                            "ss0 = explicit_slot 8\ngv0 = vmctx\ngv1 = load.i64 gv0\n"
                            "gv2 = load.i64 notrap gv0\n");
    return made == "return v0\n";
}

}  // namespace

TEST_CASE("what only gives results that nobody uses goes, with what it alone used") {
    CHECK(swept("v3 = iadd v0, v1\nv4 = imul v3, v3\nv5 = isub v0, v1\nreturn v5\n", "") ==
          "v5 = isub v0, v1\nreturn v5\n");
    for (const auto* const one :
         {"nop", "v3 = stack_load.i32 ss0", "v3 = load.i32 notrap v2",
          "v3, v4 = uadd_overflow v0, v1", "v3 = udiv_imm v0, 3", "v3 = udiv v0, v11",
          "v3 = sdiv_imm v0, 2", "v3 = srem v0, v11", "v3 = srem_imm v0, -1",
          "v3 = fcvt_to_sint_sat.i32 v12", "v3 = global_value.i64 gv0", "v3 = global_value.i64 gv2",
          "v3 = fdiv v12, v12", "trapnz v10, user1"}) {
        INFO(one);
        CHECK(goes(one));
    }
    CHECK(goes("v3 = f32const 0x1.0p3\nv4 = fcvt_to_uint.i32 v3"));
    CHECK(goes("v3 = uadd_overflow_trap v10, v11, user2"));
}

TEST_CASE("what traps, writes or may do so stays") {
    for (const auto* const one : {"v3 = load.i32 v2",
                                  "store notrap v0, v2",
                                  "stack_store v0, ss0",
                                  "v3 = udiv v0, v1",
                                  "v3 = urem v0, v10",
                                  "v3 = udiv_imm v0, 0",
                                  "v3 = sdiv v0, v11",
                                  "v3 = sdiv_imm v0, -1",
                                  "v3 = srem_imm v0, 0",
                                  "v3 = fcvt_to_sint.i32 v12",
                                  "trapnz v0, user1",
                                  "trapz v10, user1",
                                  "v3 = uadd_overflow_trap v11, v11, user2",
                                  "v3 = uadd_overflow_trap v0, v1, user2",
                                  "fence",
                                  "v3 = atomic_load.i32 notrap v2",
                                  "v3 = atomic_rmw.i32 add v2, v0",
                                  "v3 = select_spectre_guard v0, v0, v1",
                                  "v3 = global_value.i64 gv1",
                                  "debugtrap"}) {
        INFO(one);
        CHECK_FALSE(goes(one));
    }
    CHECK_FALSE(goes("v3 = f32const 0x1.0p40\nv4 = fcvt_to_uint.i32 v3"));
}

TEST_CASE("parameters that nobody uses go with their arguments, but not the entry's") {
    CHECK(swept("v3 = iadd v0, v1\nbrif v0, block1(v3, v0), block1(v1, v1)\n"
                "block1(v4: i32, v5: i32):\nreturn v5\n",
                "") == "brif v0, block1(v0), block1(v1)\nblock1(v5: i32):\nreturn v5\n");
}

TEST_CASE("values that only keep each other alive around a loop go") {
    CHECK(swept("v3 = iconst.i32 9\njump block1(v3, v0, v1)\n"
                "block1(v4: i32, v5: i32, v6: i32):\n"
                "v7 = iadd v5, v6\nv8 = isub v6, v5\nv9 = iadd_imm v4, -1\n"
                "brif v9, block1(v9, v7, v8), block2\nblock2:\nreturn v9\n",
                "") ==
          "v3 = iconst.i32 9\njump block1(v3)\nblock1(v4: i32):\n"
          "v9 = iadd_imm v4, -1\nbrif v9, block1(v9), block2\nblock2:\nreturn v9\n");
}

TEST_CASE("a loop without an end stays") {
    CHECK(swept("jump block1\nblock1:\njump block1\n", "") ==
          "jump block1\nblock1:\njump block1\n");
}

TEST_CASE("blocks that cannot be reached go, circles too") {
    CHECK(swept("jump block1(v0)\nblock1(v3: i32):\nreturn v3\nblock2(v4: i32):\n"
                "v5 = iadd_imm v4, 1\nbrif v5, block2(v5), block1(v5)\n",
                "") == "jump block1(v0)\nblock1(v3: i32):\nreturn v3\n");
}

TEST_CASE("aliases of what is removed go too") {
    auto of = ir::text::read_function(
        "function %f(i32) -> i32 {\nblock0(v0: i32):\n"
        "v1 = iadd_imm v0, 1\nv2 -> v1\nv3 -> v2\nv4 -> v0\nreturn v4\n}");
    CHECK(test::pass_checked<pass::dead_code>(of));
    for (const std::size_t gone : {1U, 2U, 3U})
        CHECK(of[ir::value(gone)].is == ir::value_data::kind::unused);
    CHECK(of[ir::value(4)].is == ir::value_data::kind::alias);
}
