// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/pass/value_numbering.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

#include "before_and_after.hpp"

namespace ir = palimpsest::ir;
using ir::data_value;
using ir::opcode;

namespace {

using numbered = palimpsest::test::before_and_after<palimpsest::pass::value_numbering>;

/// Two operations on v1, v2 (i32), v3 (i8), v4, v5 (f64) and v6 (i64), whose results are v10, v11
/// and v20, v21; whether the second is removed.
bool goes(const std::string& first, const std::string& second, opcode code,
          const std::string& results = "v10, v20", const std::string& types = "i32, i32") {
    const numbered made("function %f(i64, i32, i32, i8, f64, f64, i64) -> " + types +
                        " {\n"
                        "    ss0 = explicit_slot 8\n    ss1 = explicit_slot 8\n"
                        "    gv0 = symbol %a\n    gv1 = symbol %b\n"
                        "    fn0 = %g()\n    fn1 = %h()\n"
                        "block0(v0: i64, v1: i32, v2: i32, v3: i8, v4: f64, v5: f64, v6: i64):\n"
                        "    " +
                        first + "\n    " + second + "\n    return " + results + "\n}\n");
    const std::vector<std::pair<std::uint64_t, std::uint64_t>> numbers{
        {1, 2}, {7, 7}, {0xffff'ffff, 1}, {0x8000'0000, 0x7fff'ffff}, {5, 0}};
    for (const auto& [one, other] : numbers)
        made.run({data_value::i32(one), data_value::i32(other), data_value::i8(one & 1),
                  data_value::f64(static_cast<double>(one)),
                  data_value::f64(-static_cast<double>(other)), data_value::i64(other)});
    CHECK(made.changed() == (made.after(code) != made.before(code)));
    return made.after(code) + 1 == made.before(code);
}

}  // namespace

TEST_CASE("an operation on the same operands is computed once") {
    CHECK(goes("v10 = iadd v1, v2", "v20 = iadd v1, v2", opcode::iadd));
    CHECK(goes("v10 = isub v1, v2", "v20 = isub v1, v2", opcode::isub));
    CHECK_FALSE(goes("v10 = iadd v1, v2", "v20 = iadd v1, v1", opcode::iadd));
    CHECK_FALSE(goes("v10 = isub v1, v2", "v20 = iadd v1, v2", opcode::iadd));
    CHECK(goes("v10 = iconst.i32 4", "v20 = iconst.i32 4", opcode::iconst));
}

TEST_CASE("operands are exchanged where their order says nothing") {
    CHECK(goes("v10 = iadd v1, v2", "v20 = iadd v2, v1", opcode::iadd));
    CHECK(goes("v10 = umulhi v1, v2", "v20 = umulhi v2, v1", opcode::umulhi));
    CHECK(goes("v10 = smulhi v1, v2", "v20 = smulhi v2, v1", opcode::smulhi));
    CHECK(goes("v10 = avg_round v1, v2", "v20 = avg_round v2, v1", opcode::avg_round));
    CHECK(goes("v10 = smin v1, v2", "v20 = smin v2, v1", opcode::smin));
    CHECK(goes("v10 = umax v1, v2", "v20 = umax v2, v1", opcode::umax));
    CHECK(goes("v10 = bxor_not v1, v2", "v20 = bxor_not v2, v1", opcode::bxor_not));
    CHECK_FALSE(goes("v10 = isub v1, v2", "v20 = isub v2, v1", opcode::isub));
    CHECK_FALSE(goes("v10 = band_not v1, v2", "v20 = band_not v2, v1", opcode::band_not));
    CHECK_FALSE(goes("v10 = rotl v1, v2", "v20 = rotl v2, v1", opcode::rotl));
    CHECK_FALSE(
        goes("v10 = fadd v4, v5", "v20 = fadd v5, v4", opcode::fadd, "v10, v20", "f64, f64"));
    CHECK(goes("v10 = fadd v4, v5", "v20 = fadd v4, v5", opcode::fadd, "v10, v20", "f64, f64"));
}

TEST_CASE("comparisons are the same when condition and operands are exchanged together") {
    const auto both = [](const std::string& first, const std::string& second) {
        return goes("v10 = icmp " + first, "v20 = icmp " + second, opcode::icmp, "v10, v20",
                    "i8, i8");
    };
    for (const auto* const one :
         {"eq", "ne", "slt", "sge", "sgt", "sle", "ult", "uge", "ugt", "ule"}) {
        const std::string condition(one);
        CHECK(both(condition + " v1, v2", condition + " v1, v2"));
    }
    using strings = std::vector<std::pair<std::string, std::string>>;
    for (const auto& [one, other] : strings{{"eq", "eq"},
                                            {"ne", "ne"},
                                            {"slt", "sgt"},
                                            {"sge", "sle"},
                                            {"ult", "ugt"},
                                            {"uge", "ule"}}) {
        CHECK(both(one + " v1, v2", other + " v2, v1"));
        CHECK(both(other + " v1, v2", one + " v2, v1"));
    }
    CHECK_FALSE(both("slt v1, v2", "slt v2, v1"));
    CHECK_FALSE(both("slt v1, v2", "sge v2, v1"));
    CHECK_FALSE(both("slt v1, v2", "ult v1, v2"));
    CHECK_FALSE(
        goes("v10 = fcmp lt v4, v5", "v20 = fcmp le v4, v5", opcode::fcmp, "v10, v20", "i8, i8"));
}

TEST_CASE("type, number and what is referred to count") {
    CHECK_FALSE(
        goes("v10 = iconst.i32 4", "v20 = iconst.i16 4", opcode::iconst, "v10, v20", "i32, i16"));
    CHECK_FALSE(goes("v10 = iconst.i32 4", "v20 = iconst.i32 5", opcode::iconst));
    CHECK_FALSE(goes("v10 = iadd_imm v1, 4", "v20 = iadd_imm v1, 5", opcode::iadd_imm));
    CHECK_FALSE(goes("v10 = f64const 0.0", "v20 = f64const -0.0", opcode::f64const, "v10, v20",
                     "f64, f64"));
    CHECK_FALSE(goes("v10 = uextend.i32 v3", "v20 = uextend.i64 v3", opcode::uextend, "v10, v20",
                     "i32, i64"));
    CHECK_FALSE(goes("v10 = func_addr.i64 fn0", "v20 = func_addr.i64 fn1", opcode::func_addr,
                     "v10, v20", "i64, i64"));
    CHECK(goes("v10 = func_addr.i64 fn1", "v20 = func_addr.i64 fn1", opcode::func_addr, "v10, v20",
               "i64, i64"));
    CHECK(goes("v10 = symbol_value.i64 gv1", "v20 = symbol_value.i64 gv1", opcode::symbol_value,
               "v10, v20", "i64, i64"));
    CHECK_FALSE(goes("v10 = symbol_value.i64 gv0", "v20 = symbol_value.i64 gv1",
                     opcode::symbol_value, "v10, v20", "i64, i64"));
    CHECK(goes("v10 = bitcast.f64 v6", "v20 = bitcast.f64 v6", opcode::bitcast, "v10, v20",
               "f64, f64"));
    CHECK_FALSE(goes("v10 = bitcast.f64 little v6", "v20 = bitcast.f64 big v6", opcode::bitcast,
                     "v10, v20", "f64, f64"));
}

TEST_CASE("addresses of stack slots are the same for the same slot and offset") {
    const auto difference = [](const char* first, const char* second) {
        return std::string("v10 = stack_addr.i64 ") + first + "\n    v20 = stack_addr.i64 " +
               second;
    };
    const auto stay = [&](const char* first, const char* second) {
        const numbered made(
            "function %f(i64) -> i64 {\n    ss0 = explicit_slot 8\n"
            "    ss1 = explicit_slot 8\nblock0(v0: i64):\n    " +
            difference(first, second) +
            "\n    v30 = isub v10, v20\n"
            "    return v30\n}\n");
        made.run();
        return made.after(opcode::stack_addr);
    };
    CHECK(stay("ss0", "ss0") == 1);
    CHECK(stay("ss0", "ss0+4") == 2);
    CHECK(stay("ss0", "ss1") == 2);
}

TEST_CASE("operations of several results go with all of them") {
    CHECK(goes("v10, v11 = uadd_overflow v1, v2", "v20, v21 = uadd_overflow v2, v1",
               opcode::uadd_overflow, "v10, v11, v20, v21", "i32, i8, i32, i8"));
    CHECK(goes("v10, v11 = smul_overflow v1, v2", "v20, v21 = smul_overflow v1, v2",
               opcode::smul_overflow, "v10, v11, v20, v21", "i32, i8, i32, i8"));
    CHECK(goes("v10, v11 = sadd_overflow_cin v1, v2, v3", "v20, v21 = sadd_overflow_cin v2, v1, v3",
               opcode::sadd_overflow_cin, "v10, v11, v20, v21", "i32, i8, i32, i8"));
    CHECK_FALSE(goes("v10, v11 = usub_overflow v1, v2", "v20, v21 = usub_overflow v2, v1",
                     opcode::usub_overflow, "v10, v11, v20, v21", "i32, i8, i32, i8"));
}

TEST_CASE("what can only trap is done once, as it has trapped or never will") {
    CHECK(goes("v10 = udiv v1, v2", "v20 = udiv v1, v2", opcode::udiv));
    CHECK(goes("v10 = sdiv v1, v2", "v20 = sdiv v1, v2", opcode::sdiv));
    CHECK_FALSE(goes("v10 = udiv v1, v2", "v20 = udiv v2, v1", opcode::udiv));
    CHECK(goes("v10 = uadd_overflow_trap v1, v2, user1", "v20 = uadd_overflow_trap v2, v1, user2",
               opcode::uadd_overflow_trap));
    CHECK(goes("v10 = fcvt_to_uint.i32 v5", "v20 = fcvt_to_uint.i32 v5", opcode::fcvt_to_uint));
    CHECK(goes("trapz v2, user1", "trapz v2, user2", opcode::trapz, "v1, v2"));
    CHECK_FALSE(goes("trapz v1, user1", "trapz v2, user1", opcode::trapz, "v1, v2"));
    CHECK_FALSE(goes("trapz v2, user1", "trapnz v2, user1", opcode::trapz, "v1, v2"));
}

TEST_CASE("what must stay, calls and accesses to memory stay") {
    CHECK_FALSE(goes("v10 = select_spectre_guard v3, v1, v2",
                     "v20 = select_spectre_guard v3, v1, v2", opcode::select_spectre_guard));
    CHECK(goes("v10 = select v3, v1, v2", "v20 = select v3, v1, v2", opcode::select));
    CHECK_FALSE(goes("v10 = load.i32 v0", "v20 = load.i32 v0", opcode::load));
    CHECK_FALSE(goes("v10 = stack_load.i32 ss0", "v20 = stack_load.i32 ss0", opcode::stack_load));
    CHECK_FALSE(goes("v10 = atomic_load.i32 v0", "v20 = atomic_load.i32 v0", opcode::atomic_load));
    CHECK_FALSE(goes("store v1, v0", "store v1, v0", opcode::store, "v1, v2"));
    CHECK_FALSE(goes("call fn0()", "call fn0()", opcode::call, "v1, v2"));
    CHECK_FALSE(goes("fence", "fence", opcode::fence, "v1, v2"));
    CHECK_FALSE(goes("nop", "nop", opcode::nop, "v1, v2"));
}

TEST_CASE("what follows from values that are the same is the same, through aliases too") {
    const numbered made(R"(function %f(i64, i32, i32) -> i32 {
block0(v0: i64, v1: i32, v2: i32):
    v3 -> v1
    v4 = iadd v1, v2
    v5 = iadd v2, v3
    v6 -> v5
    v7 = imul v4, v4
    v8 = imul v6, v5
    v9 = isub v7, v8
    v10 = ishl v8, v9
    return v10
})");
    CHECK(made.after(opcode::iadd) == 1);
    CHECK(made.after(opcode::imul) == 1);
    CHECK(made.result({data_value::i32(3), data_value::i32(4)}) == 49);
}

TEST_CASE("one arm of a branch does not serve the other, nor the join") {
    const numbered made(R"(function %f(i64, i32) -> i32 {
block0(v0: i64, v1: i32):
    brif v1, block1, block2
block1:
    v2 = iadd_imm v1, 5
    jump block3(v2)
block2:
    v3 = iadd_imm v1, 5
    jump block3(v3)
block3(v4: i32):
    v5 = iadd_imm v1, 5
    v6 = imul v4, v5
    return v6
})");
    CHECK_FALSE(made.changed());
    CHECK(made.result({data_value::i32(1)}) == 36);
    CHECK(made.result({data_value::i32(0)}) == 25);
}

TEST_CASE("what is computed before a branch serves all behind it") {
    const numbered made(R"(function %f(i64, i32) -> i32 {
block0(v0: i64, v1: i32):
    v2 = iadd_imm v1, 5
    br_table v1, block1, [block2, block3]
block1:
    v3 = iadd_imm v1, 5
    jump block4(v3)
block2:
    v4 = iadd_imm v1, 5
    v5 = iadd_imm v4, 1
    jump block4(v5)
block3:
    v6 = iadd_imm v1, 5
    v7 = iadd_imm v6, 1
    jump block4(v7)
block4(v8: i32):
    v9 = iadd_imm v1, 5
    v10 = imul v8, v9
    return v10
})");
    CHECK(made.after(opcode::iadd_imm) == 3);  // one, and one more in two arms
    CHECK(made.result({data_value::i32(0)}) == 30);
    CHECK(made.result({data_value::i32(1)}) == 42);
    CHECK(made.result({data_value::i32(9)}) == 196);
}

TEST_CASE("in a loop the values of each turn are their own") {
    const numbered made(R"(function %f(i64, i32) -> i32 {
block0(v0: i64, v1: i32):
    v2 = iconst.i32 0
    v9 = iadd_imm v1, 1
    jump block1(v1, v2)
block1(v3: i32, v4: i32):
    v10 = iadd_imm v1, 1
    v5 = iadd_imm v3, -1
    v6 = iadd v4, v5
    v7 = iadd v5, v4
    v8 = iadd v7, v10
    brif v5, block1(v5, v8), block2
block2:
    v11 = iadd_imm v3, -1
    v12 = iadd v6, v11
    v13 = iadd v12, v9
    return v13
})");
    CHECK(made.after(opcode::iadd) == made.before(opcode::iadd) - 1);
    CHECK(made.after(opcode::iadd_imm) == 2);
    for (const auto turns : {1U, 2U, 7U}) made.run({data_value::i32(turns)});
}

TEST_CASE("what cannot be reached is left alone, and may use what goes") {
    const numbered made(R"(function %f(i64, i32) -> i32 {
block0(v0: i64, v1: i32):
    v2 = iadd_imm v1, 5
    v3 = iadd_imm v1, 5
    return v3
block1:
    v4 = iadd_imm v1, 5
    v5 = iadd v3, v4
    return v5
})");
    CHECK(made.after(opcode::iadd_imm) == 2);
    CHECK(made.result({data_value::i32(2)}) == 7);
}

TEST_CASE("values of a hundred thousand blocks in a chain are numbered without recursion") {
    ir::function f;
    f.name = "f";
    const std::size_t count = 100'000;
    for (std::size_t number = 0; number < count; ++number) f.append_block();
    for (std::size_t number = 0; number < count; ++number) {
        ir::instruction constant;
        constant.code = opcode::iconst;
        constant.type = ir::type::i64;
        constant.immediate = number / 2;
        f.append_result(f.append(ir::block(number), constant), ir::type::i64);
        ir::instruction last;
        last.code = number + 1 < count ? opcode::jump : opcode::return_;
        const std::vector<ir::block_call> targets{{ir::block(number + 1), {}}};
        if (number + 1 < count) last.targets = f.add_targets(targets);
        f.append(ir::block(number), last);
    }
    REQUIRE(ir::verify(f).empty());
    CHECK(palimpsest::pass::value_numbering()(f));
    CHECK(ir::verify(f).empty());
    CHECK(palimpsest::test::count_of(f, opcode::iconst) == count / 2);
}
