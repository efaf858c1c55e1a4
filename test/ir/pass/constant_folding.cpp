// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/pass/constant_folding.hpp>

#include <palimpsest/ir/pass/alias_resolution.hpp>
#include <palimpsest/ir/pass/pipeline.hpp>

#include "passed.hpp"

namespace pass = palimpsest::pass;
namespace test = palimpsest::test;

namespace {

std::string computed(const std::string& statements) {
    return test::after<pass::pipeline<pass::constant_folding, pass::alias_resolution>>(statements);
}
/// What one operation on v0 and constants becomes.
std::string folded_one(const std::string& operation) {
    auto made =
        computed("v10 = iconst.i32 0\nv11 = iconst.i32 12\nv12 = iconst.i32 -1\nv3 = " + operation +
                 "\nreturn v3\n");
    return made.substr(made.find("v12 = iconst.i32 -1\n") + 20);
}

}  // namespace

TEST_CASE("an operation on constants becomes a constant") {
    CHECK(computed("v3 = iconst.i32 7\nv4 = iconst.i32 -2\nv5 = sdiv v3, v4\nreturn v5\n") ==
          "v3 = iconst.i32 7\nv4 = iconst.i32 -2\nv5 = iconst.i32 -3\nreturn v5\n");
    CHECK(
        computed("v3 = iconst.i32 7\nv4 = icmp_imm slt v3, 9\nv5 = uextend.i32 v4\nreturn v5\n") ==
        "v3 = iconst.i32 7\nv4 = iconst.i8 1\nv5 = iconst.i32 1\nreturn v5\n");
    CHECK(computed("v3 = f32const 0x1.8p0\nv4 = fneg v3\nv5 = bitcast.i32 v4\nreturn v5\n")
              .ends_with("v5 = iconst.i32 0xbfc00000\nreturn v5\n"));
}

TEST_CASE("both results of an operation become constants") {
    CHECK(computed("v3 = iconst.i32 -1\nv4, v5 = uadd_overflow v3, v3\nv6 = uextend.i32 v5\n"
                   "v7 = iadd v4, v6\nreturn v7\n") ==
          "v3 = iconst.i32 -1\nv5 = iconst.i8 1\nv4 = iconst.i32 -2\nv6 = iconst.i32 1\n"
          "v7 = iconst.i32 -1\nreturn v7\n");
}

TEST_CASE("what would trap is left to trap") {
    for (const std::string operation :
         {"v5 = udiv v3, v4", "v5 = sdiv_imm v3, 0", "v5 = uadd_overflow_trap v6, v6, user1"}) {
        const std::string all = "v3 = iconst.i32 7\nv4 = iconst.i32 0\nv6 = iconst.i32 -1\n" +
                                operation + "\nreturn v5\n";
        CHECK(computed(all).find("v5 = iconst") == std::string::npos);
    }
    CHECK(computed("v3 = f32const +NaN\nv5 = fcvt_to_sint.i32 v3\nreturn v5\n")
              .ends_with("v5 = fcvt_to_sint.i32 v3\nreturn v5\n"));
}

TEST_CASE("no number of unknown bits is computed") {
    CHECK(computed("v3 = f32const 0.0\nv4 = fdiv v3, v3\nv5 = bitcast.i32 v4\nreturn v5\n")
              .find("v4 = fdiv v3, v3") != std::string::npos);
}

TEST_CASE("identities of integers give their operand") {
    for (const std::string operation :
         {"iadd v0, v10", "isub v0, v10", "bor v0, v10", "bxor v10, v0", "band v12, v0",
          "ishl v0, v10", "sshr_imm v0, 32", "rotl_imm v0, 64", "imul_imm v0, 1", "band v0, v0",
          "bor v0, v0", "umin v0, v0", "select v11, v0, v1", "select v10, v1, v0",
          "select v1, v0, v0", "udiv_imm v0, 1", "sdiv_imm v0, 1"}) {
        INFO(operation);
        CHECK(folded_one(operation) == "return v0\n");
    }
}

TEST_CASE("identities of integers give their constant") {
    for (const auto& [operation, constant] : {std::pair{"imul v0, v10", "0"},
                                              {"band v10, v0", "0"},
                                              {"bor v0, v12", "-1"},
                                              {"bxor v0, v0", "0"},
                                              {"isub v0, v0", "0"},
                                              {"urem_imm v0, 1", "0"},
                                              {"bor_not v0, v0", "-1"}}) {
        INFO(operation);
        CHECK(folded_one(operation) ==
              "v3 = iconst.i32 " + std::string(constant) + "\nreturn v3\n");
    }
    CHECK(computed("v4 = icmp uge v0, v0\nv5 = icmp slt v0, v0\nv6 = isub v4, v5\n"
                   "v7 = uextend.i32 v6\nreturn v7\n")
              .ends_with("v7 = iconst.i32 1\nreturn v7\n"));
}

TEST_CASE("a constant operand moves into the instruction") {
    for (const auto& [operation, becomes] : {std::pair{"iadd v11, v0", "iadd_imm v0, 12"},
                                             {"isub v0, v11", "iadd_imm v0, -12"},
                                             {"isub v11, v0", "irsub_imm v0, 12"},
                                             {"imul v0, v11", "imul_imm v0, 12"},
                                             {"bxor v0, v12", "bxor_imm v0, -1"},
                                             {"ushr v0, v12", "ushr_imm v0, 31"},
                                             {"rotr v0, v11", "rotr_imm v0, 12"},
                                             {"udiv v0, v10", "udiv_imm v0, 0"},
                                             {"srem v0, v12", "srem_imm v0, -1"},
                                             {"ishl v11, v0", "ishl v11, v0"}}) {
        INFO(operation);
        CHECK(folded_one(operation) == "v3 = " + std::string(becomes) + "\nreturn v3\n");
    }
    CHECK(computed("v3 = iconst.i32 7\nv4 = icmp slt v3, v0\nv5 = uextend.i32 v4\nreturn v5\n") ==
          "v3 = iconst.i32 7\nv4 = icmp_imm sgt v0, 7\nv5 = uextend.i32 v4\nreturn v5\n");
}

TEST_CASE("chains of one operation become one") {
    CHECK(computed("v3 = iadd_imm v0, 5\nv4 = iadd_imm v3, -7\nv5 = iadd_imm v4, 1\nreturn v5\n") ==
          "v3 = iadd_imm v0, 5\nv4 = iadd_imm v0, -2\nv5 = iadd_imm v0, -1\nreturn v5\n");
    CHECK(computed("v3 = iadd_imm v0, 5\nv4 = iadd_imm v3, -5\nreturn v4\n") ==
          "v3 = iadd_imm v0, 5\nreturn v0\n");
    CHECK(computed("v3 = ineg v0\nv4 = ineg v3\nreturn v4\n") == "v3 = ineg v0\nreturn v0\n");
}

TEST_CASE("conversions of conversions become one") {
    const std::string narrow = "v3 = ireduce.i8 v0\n";
    CHECK(computed(narrow + "v4 = uextend.i16 v3\nv5 = sextend.i32 v4\nreturn v5\n")
              .ends_with("v5 = uextend.i32 v3\nreturn v5\n"));
    CHECK(computed(narrow + "v4 = sextend.i64 v3\nv5 = ireduce.i32 v4\nreturn v5\n")
              .ends_with("v5 = sextend.i32 v3\nreturn v5\n"));
    CHECK(computed("v3 = uextend.i64 v0\nv4 = ireduce.i32 v3\nreturn v4\n")
              .ends_with("v3 = uextend.i64 v0\nreturn v0\n"));
    CHECK(computed("v3 = uextend.i64 v0\nv4 = ireduce.i16 v3\nv5 = sextend.i32 v4\nreturn v5\n")
              .find("v4 = ireduce.i16 v0\n") != std::string::npos);
    CHECK(computed("v3 = bitcast.f32 v0\nv4 = bitcast.i32 v3\nreturn v4\n") ==
          "v3 = bitcast.f32 v0\nreturn v0\n");
}

TEST_CASE("floating point numbers keep their zeros' signs") {
    CHECK(computed("v3 = f32const 0.0\nv4 = bitcast.f32 v0\nv5 = fadd v4, v3\n"
                   "v6 = bitcast.i32 v5\nreturn v6\n")
              .find("v5 = fadd v4, v3\n") != std::string::npos);
}
