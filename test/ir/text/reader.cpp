// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/builder.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <palimpsest/ir/verifier.hpp>

#include <catch2/catch.hpp>
#include <palimpsest/ir/text/printer.hpp>

#include "support/thrown.hpp"

namespace ir = palimpsest::ir;
namespace text = palimpsest::ir::text;
namespace test = palimpsest::test;

namespace {

std::string in_function(const std::string& statements) {
    return "function %f(i32, i64, f32) -> i32 {\n"
           "    ss0 = explicit_slot 16\n"
           "    fn0 = %g(i32) -> i32, i64\n"
           "block0(v0: i32, v1: i64, v2: f32):\n" +
           statements + "}\n";
}

/// The text of the error that reading throws.
std::string complaint(const std::string& wrong) {
    return test::text_of<text::error>([&] { (void)text::read_module(wrong); });
}
std::string complaint_about(const std::string& statements) {
    return complaint(in_function(statements));
}

void check_reads_back(const std::string& written) {
    INFO(written);
    CHECK(text::print(text::read_function(written)) == written);
}

}  // namespace

TEST_CASE("a function of every format is printed as it was read") {
    check_reads_back(R"(function %all(i32 uext, i64 vmctx, f32, f64) -> i32, f64 tail {
    ss0 = explicit_slot 16, align = 8
    ss1 = explicit_slot 4
    gv0 = vmctx
    gv1 = load.i64 aligned notrap gv0+8
    gv2 = iadd_imm.i64 gv1, -16
    gv3 = symbol colocated %place+4
    sig0 = (i32) -> i32, i64 tail
    sig1 = () system_v
    fn0 = %callee sig0
    fn1 = colocated u0:7 sig1

block0(v0: i32, v1: i64, v2: f32, v3: f64):
    nop
    v4 = iconst.i32 -5
    v5 = f32const 0x1.8p+3
    v6 = f64const -Inf
    v7 = iadd_imm v0, 12
    v8 = icmp slt v0, v4
    v9 = icmp_imm uge v0, 3
    v10 = fcmp one v2, v5
    v11 = load.i32 notrap heap v1+8
    v12 = uload8.i32 user3 v1-1
    store little v0, v1+16
    istore8 v0, v1
    v13 = bitcast.i32 little v2
    v14 = atomic_rmw aligned add v1, v0
    v15 = atomic_cas v1, v0, v4
    v16 = stack_addr.i64 ss0+4
    v17 = stack_load.i32 ss1
    stack_store v17, ss0+8
    v18 = global_value.i64 gv2
    v19 = func_addr.i64 fn0
    v20, v21 = call fn0(v0)
    v22, v23 = call_indirect sig0, v19(v0)
    v24, v25 = uadd_overflow v0, v4
    v26 = uadd_overflow_trap v0, v4, int_ovf
    trapz v0, user1
    v27 = select v8, v0, v4
    v28 -> v27
    v29 -> v28
    brif v8, block1(v0, v29), block2

block1(v30: i32, v31: i32):
    br_table v30, block2, [block1(v31, v30), block3]

block2 cold:
    call fn1()
    jump block4

block3:
    return_call fn1()

block4:
    return v0, v3

block5:
    return_call_indirect sig1, v19()

block6:
    trap heap_oob
}
)");
}

TEST_CASE("a type is printed where a reader has not seen the operand that tells it") {
    check_reads_back(R"(function %f() -> i32 fast {
block0:
    jump block2

block1:
    v1 = iadd.i32 v0, v0
    return v1

block2:
    v0 = iconst.i32 1
    jump block1
}
)");
}

TEST_CASE("numbers of values and blocks are kept") {
    check_reads_back(R"(function %f(i32) -> i32 fast {
block7(v40: i32):
    v3 = iadd v40, v40
    jump block2

block2:
    return v3
}
)");
}

TEST_CASE("names that are no words are quoted") {
    check_reads_back("function %\"host-buf.get\"() fast {\nblock0:\n    return\n}\n");
}

TEST_CASE("an error says line, column, what was expected and what was found") {
    CHECK(complaint("function f() {}") ==
          "line 1, column 10: expected the function's name, such as %name, found 'f'");
    CHECK(complaint("function %f( {}") ==
          "line 1, column 14: expected a type: i8, i16, i32, i64, f32 or f64, found '{'");
    CHECK(complaint("function %f() {\nblock0:\n    return\n") ==
          "line 4, column 1: expected an instruction, found the end");
    CHECK(complaint_about("    v3 = iadd v0\n") == "line 6, column 1: expected ',', found '}'");
    CHECK(complaint_about("    v3 = frobnicate v0\n") ==
          "line 5, column 10: there is no operation frobnicate");
    CHECK(complaint_about("    v3 = iadd v0, v9\n    return v3\n") ==
          "line 5, column 19: v9 is not defined in this function");
    CHECK(complaint_about("    jump block9\n") ==
          "line 5, column 10: block9 is not defined in this function");
    CHECK(complaint_about("    v0 = iconst.i32 1\n") ==
          "line 5, column 5: v0 is defined a second time");
    CHECK(complaint_about("    v3 = iconst 1\n") ==
          "line 5, column 10: the type has to be written, as in iconst.i32");
    CHECK(complaint_about("    v3 = iconst.f32 1\n") ==
          "line 5, column 10: iconst is not there for f32");
    CHECK(complaint_about("    v3 = iconst.i8 256\n") ==
          "line 5, column 20: expected an integer of 8 bits");
    CHECK(complaint_about("    v3 = call fn0(v0)\n") ==
          "line 5, column 10: call gives 2 results, not 1");
    CHECK(complaint_about("    v3 = call fn1(v0)\n") ==
          "line 5, column 15: fn1 is not declared in this function");
    CHECK(complaint_about("    v3 = stack_addr.i64 ss1\n") ==
          "line 5, column 25: ss1 is not declared in this function");
    CHECK(complaint_about("    v3 = load.i32 heap table v1\n") ==
          "line 5, column 24: two memory flags that exclude each other");
    CHECK(complaint_about("    trap user0\n") ==
          "line 5, column 10: there is no trap code user0; the program's own are user1 to user239");
    CHECK(complaint_about("block0:\n    return v0\n") ==
          "line 5, column 1: block0 is defined a second time");
}

TEST_CASE("numbers that no table has are refused, and where is said") {
    for (const std::string number : {"4294967295", "99999999999", "99999999999999999999999"}) {
        CHECK(complaint_about("    v" + number + " = iconst.i32 1\n") ==
              "line 5, column 5: v" + number + ": numbers are less than 4294967295");
        CHECK(complaint_about("    jump block" + number + "\n") ==
              "line 5, column 10: block" + number + ": numbers are less than 4294967295");
        for (const std::string declared : {"sig", "fn", "ss", "gv", "region"})
            CHECK(complaint("function %f() {\n" + declared + number + " = x\n}\n") ==
                  "line 2, column 1: " + declared + number + ": numbers are less than 4294967295");
        CHECK(complaint_about("    v3 = stack_addr.i64 ss" + number + "\n") ==
              "line 5, column 25: ss" + number + " is not declared in this function");
    }
    CHECK(complaint("function u4294967295:0() {\n}\n").empty());
    for (const std::string number : {"4294967296", "99999999999999999999999"})
        CHECK_THAT(complaint("function u" + number + ":0() {\n}\n"),
                   Catch::Contains("numbers of 32 bits"));
    CHECK_THAT(complaint("function %f() {\n ss0 = explicit_slot 99999999999\nblock0:\n return\n}"),
               Catch::Contains("at most"));
}

TEST_CASE("numbers that are out of all proportion to the text are read, and cost nothing") {
    // Some are in reverse order, some as small as possible, so that all are told apart.
    const std::string sparse = R"(function %f(i64 vmctx, i32) -> i64 {
    region4294967294 = 1 "a"
    region3000000000 = 2 "b"
    region0 = 3 "c"
    ss4294967294 = explicit_slot 8
    ss0 = explicit_slot 16
    ss901 = explicit_slot 24
    ss902 = explicit_slot 32
    gv4000000000 = load.i64 region3000000000 gv4294967294+8
    gv4294967294 = vmctx
    fn70000 = %g(i64) -> i64
    sig4294967294 = (i64) -> i64
    sig100000 = () -> i32
    fn4294967294 = %g sig4294967294
    fn0 = %h(i32)
block4294967294(v4294967294: i64, v0: i32):
    v4000000001 = load.i64 region4294967294 v4294967294
    v4000000002 = load.i64 region0 v4294967294
    v4000000003 = global_value.i64 gv4000000000
    v4000000004 = call fn4294967294(v4000000003)
    v4000000000 = call_indirect sig4294967294, v4000000003(v4000000004)
    v4000000005 -> v4000000000
    stack_store v4000000005, ss901
    v4000000006 = stack_load.i64 ss4294967294
    brif v0, block4294967293(v4000000006), block3999999999(v4000000001, v0)
block4294967293(v1: i64):
    v5 = iadd v1, v4000000005
    jump block4000000000
block4000000000:
    call fn0(v0)
    return v5
block3999999999(v3999999999: i64, v3999999998: i32):
    call fn0(v3999999998)
    return v3999999999
}
)";
    const auto read = text::read_module(sparse);
    CHECK(ir::verify(read).empty());
    const auto& f = read.functions[0];
    CHECK(f.value_count() < 6000);
    CHECK(f.block_count() < 2000);
    for (const auto size : {f.signatures.size(), f.functions.size(), f.stack_slots.size(),
                            f.globals.size(), f.regions.size()})
        CHECK(size < 2000);
    // What each stands for.
    const auto printed = text::print(read);
    INFO(printed);
    const auto again = text::read_module(printed);
    CHECK(ir::verify(again).empty());
    CHECK(text::print(again) == printed);
    const auto at = f.entry();
    const auto first = f.first(at);
    CHECK(f.regions.size() == 3);
    CHECK(f.regions[f[first].flags.region()].number == 1);
    CHECK(f.regions[f[f.next(first)].flags.region()].number == 3);
    // The first large one became 0, so that ss0 is another.
    CHECK(f.stack_slots[ir::stack_slot(0)].size == 8);
    CHECK(f.stack_slots[ir::stack_slot(1)].size == 16);
    CHECK(f.stack_slots[ir::stack_slot(901)].size == 24);

    const auto refused = [&](const std::string& which, const std::string& by) {
        auto wrong = sparse;
        wrong.replace(wrong.find(which), which.size(), by);
        return complaint(wrong);
    };
    CHECK_THAT(refused("gv4294967294 = vmctx", "gv3 = vmctx"),
               Catch::Contains("gv4294967294 is not declared in this function"));
    CHECK_THAT(refused("region0 v4294967294", "region4294967293 v4294967294"),
               Catch::Contains("region4294967293 is not declared in this function"));
    CHECK_THAT(refused("gv4000000000 = load.i64 region3000000000",
                       "gv4000000000 = load.i64 "
                       "region3000000001"),
               Catch::Contains("region3000000001 is not declared in this function"));
    CHECK_THAT(refused("ss902 =", "ss4294967294 ="),
               Catch::Contains("ss4294967294 is declared a second time"));
    CHECK_THAT(refused("v4000000006 =", "v4000000000 ="),
               Catch::Contains("v4000000000 is defined a second time"));
    CHECK_THAT(refused("v4000000006 =", "v4000000007 ="),
               Catch::Contains("v4000000006 is not defined in this function"));
    CHECK_THAT(refused("block4000000000:", "block4294967294:"),
               Catch::Contains("block4294967294 is defined a second time"));
    CHECK_THAT(refused("jump block4000000000", "jump block4000000001"),
               Catch::Contains("block4000000001 is not defined in this function"));
}

TEST_CASE("a signature without a number takes none from one with a large number") {
    std::string declared;
    for (int callee = 0; callee < 200; ++callee)
        declared += "fn" + std::to_string(callee) + "=%g()\nsig" +
                    std::to_string(1'000'000 + callee) + "=(i64)\n";
    const auto read = text::read_function("function %f() {\n" + declared + "block0:\nreturn\n}");
    CHECK(ir::verify(read).empty());
    for (const auto& one : read.functions) CHECK(read.signatures[one.signature].parameters.empty());
}

TEST_CASE("what is printed is read again, however many there are of a kind") {
    ir::function f("f", {});
    ir::function_builder to(f);
    constexpr std::uint32_t count = 70'000;
    for (std::uint32_t number = 0; number < count; ++number) {
        to.declare_region(number, "}");
        (void)to.declare_stack_slot(8);
    }
    to.switch_to(to.append_entry());
    to.return_();
    const auto printed = text::print(f);
    const auto read = text::read_function(printed);
    CHECK(read.regions == f.regions);
    CHECK(read.stack_slots == f.stack_slots);
    CHECK(text::print(read) == printed);
}

TEST_CASE("what this library has not is told from what is wrong") {
    const auto lack = [](const std::string& wrong) {
        return test::text_of<text::unsupported>([&] { (void)text::read_module(wrong); });
    };
    CHECK_THAT(lack("function %f(i128) {\nblock0(v0: i128):\n return\n}"),
               Catch::Contains("the type i128 is not supported (integers of 128 bits)"));
    CHECK_THAT(lack("function %f(f32x4) {\n"), Catch::Contains("the type f32x4 is not supported"));
    CHECK_THAT(lack(in_function("    v3 = splat.i8x16 v0\n")),
               Catch::Contains("the operation splat is not supported"));
    const auto lacks_in_head = [&](const std::string& head, const std::string& feature) {
        INFO(head);
        CHECK_THAT(lack("function %f" + head),
                   Catch::Contains(feature) && Catch::Contains("not supported"));
    };
    lacks_in_head("(f16)", "floats of 16 and 128 bits");
    lacks_in_head("() -> i32x4xN {", "dynamic vectors");
    lacks_in_head("() patchable {", "calling convention patchable");
    lacks_in_head("() -> i8 ghc {", "calling convention ghc");
    lacks_in_head("(i64 sarg(16)) {", "structure type");

    const auto lacks_declared = [&](const std::string& declared, const std::string& feature) {
        INFO(declared);
        CHECK_THAT(lack("function %f(i64) {\n    " + declared + "\n"),
                   Catch::Contains(feature) && Catch::Contains("not supported"));
    };
    lacks_declared("fn0 = patchable %g(i64) preserve_all", "patchable functions");
    lacks_declared("fn0 = colocated patchable %g(i64)", "patchable functions");
    lacks_declared("fn0 = %g(i64) patchable", "calling convention patchable");
    lacks_declared("sig0 = (i64) -> f128", "floats of 16 and 128 bits");
    lacks_declared("const0 = 0x00112233", "vector constants");
    lacks_declared("dt0 = i32x4*gv0", "dynamic vectors");
    lacks_declared("dss0 = explicit_dynamic_slot dt0", "dynamic stack slots");
    lacks_declared("ss0 = explicit_dynamic_slot dt0", "dynamic stack slots");
    lacks_declared("gv0 = dyn_scale_target_const.i32x4", "dynamic vectors");
    lacks_declared("gv0 = symbol tls %x", "thread-local symbols");
    lacks_declared("gv0 ! mem(mt0, 0, 0) = vmctx", "facts");
    lacks_declared("mt0 = struct 8 {}", "memory types");
    lacks_declared("heap0 = static gv0, min 0", "heaps");
    lacks_declared("table0 = dynamic gv0", "tables");
    lacks_declared("jt0 = jump_table [block1]", "jump tables");
    lacks_declared("ss0 = explicit_slot 8, key = 5", "keys of stack slots");
    lacks_declared("block0(v0 ! range(64, 0, 1): i64):", "facts");

    const auto lacks = [&](const std::string& statement, const std::string& feature) {
        INFO(statement);
        CHECK_THAT(lack(in_function("    " + statement + "\n")),
                   Catch::Contains(feature) && Catch::Contains("not supported"));
    };
    for (const std::string older : {"fcvt_low_from_sint.f64x2 v0", "vsplit v0", "vconcat v0, v0",
                                    "vselect v0, v0, v0", "widening_pairwise_dot_product_s v0, v0"})
        lacks("v3 = " + older, "(vectors)");
    lacks("<ss0, 1, 2> sequence_point", "debug tags");
    lacks("@0019 <1, 2> call fn0(v0)", "debug tags");
    lacks("<1> @0019 v3 = iadd v0, v0", "debug tags");
    lacks("sequence_point", "debug tags");
    lacks("v3, v4 = call fn0(v0), stack_map=[i32 @ ss0+8]", "stack maps");
    lacks("v3, v4 = call_indirect sig0, v1(v0), stack_map=[i32 @ ss0+0, i64 @ ss0+8]",
          "stack maps");
    lacks("try_call fn0(v0), sig0, block1(ret0), [ tag1: block2(exn0), default: block3 ]",
          "exception tables");
    lacks("try_call_indirect v1(v0), sig0, block1, [ default: block3 ]", "exception tables");
    lacks("v3 = get_exception_handler_address.i64 block1, 0", "exception tables");
    lacks("patchable_call fn0(v0)", "patchable calls");
    lacks("v3 = tls_value.i64 gv0", "thread-local symbols");
    lacks("v3 = stack_switch v1, v1, v1", "stack switching");
    lacks("v3 = get_stack_pointer.i64", "machine registers");
    lacks("v3 = f16const 0x1.0", "floats of 16 and 128 bits");
    lacks("v3 = iconcat v1, v1", "integers of 128 bits");
    lacks("v3 = iconst.i128 1", "integers of 128 bits");
    lacks("v3 = load.i8x16 v1", "vectors");
    lacks("v3 = uload8x8 v1", "vectors");
    lacks("v3 = splat.dt0 v0", "vectors");
    lacks("v3 = iconst.dt0 0", "dynamic vectors");
    lacks("v3 ! range(32, 0, 5) = iconst.i32 5", "facts");
    CHECK_THAT(complaint_about("    v3, v4 = call fn0(v0), iadd v0, v0\n"),
               Catch::Contains("expected an instruction behind a call, found 'iadd'"));
    CHECK_THROWS_AS(text::read_module("function %f(x) {\n"), text::error);
    CHECK_FALSE(complaint("function %f(x) {\n").empty());
}

TEST_CASE("a file is read on behind a function that needs what is not supported") {
    const auto file = text::read_file(
        "test run\nset opt_level=speed\ntarget x86_64 has_avx\n; about the file\n"
        "function %wide(i128) {\nblock0(v0: i128):\n return\n}\n; run: %wide(1)\n"
        "function %f() {\nblock0:\n return ; inside\n}\n; run: %f()\n; and more\n");
    CHECK(file.commands ==
          std::vector<std::string>{"test run", "set opt_level=speed", "target x86_64 has_avx"});
    REQUIRE(file.items.size() == 2);
    CHECK_FALSE(file.items[0].function);
    CHECK(file.items[0].name == "wide");
    CHECK_THAT(file.items[0].lacking, Catch::Contains("i128"));
    REQUIRE(file.items[1].function);
    CHECK(file.items[1].comments.back().text == " and more");
    CHECK(file.items[1].comments.back().where.line == 15);
}

TEST_CASE("what a function that is not supported has in braces does not end it") {
    const auto file = text::read_file(
        "function %f() {\n    mt0 = struct 8 { 0: i64 }\nblock0:\n    return\n}\n"
        "function %g() -> f16 {\nblock0:\n    trap user1\n}\n"
        "function %h() {\nblock0:\n    return\n}\n");
    REQUIRE(file.items.size() == 3);
    CHECK(file.items[0].name == "f");
    CHECK_THAT(file.items[0].lacking, Catch::Contains("memory types"));
    CHECK(file.items[1].name == "g");
    CHECK_THAT(file.items[1].lacking, Catch::Contains("floats"));
    CHECK(file.items[2].function);
}

TEST_CASE("an alias may be said again, as long as it stands for the same") {
    const auto f = text::read_function(
        in_function("    v3 -> v0\n    v4 -> v3\n    v3 -> v0\n    v4 -> v3\n    return v4\n"));
    CHECK(ir::verify(f).empty());
    CHECK_THAT(text::print(f), Catch::Contains("    v3 -> v0\n    v4 -> v3\n    return v4\n"));
    for (const std::string wrong :
         {"v3 -> v0\nv4 -> v3\nv4 -> v0\n", "v3 -> v0\nv3 -> v1\n", "v0 -> v0\n", "v0 -> v1\n"})
        CHECK_THAT(complaint_about(wrong + "    return v0\n"),
                   Catch::Contains("is defined a second time"));
    CHECK_THAT(complaint_about("v3 -> v4\nv3 -> v4\n"),
               Catch::Contains("an alias stands for a value that is defined before it"));
}

TEST_CASE("declarations may name globals and regions that are declared behind them") {
    const std::string declared =
        "    region2 = 5 \"state\"\n    gv0 = load.i64 region2 gv1+8\n"
        "    gv1 = iadd_imm.i64 gv2, 8\n    gv2 = vmctx\n";
    const std::string body = "\nblock0(v0: i64):\n    return\n}\n";
    const std::string head = "function %f(i64 vmctx) fast {\n";
    check_reads_back(head + declared + body);
    CHECK(text::print(text::read_function(
              head +
              "    stack_limit = gv0\n    gv0 = load.i64 region2 gv1+8\n"
              "    gv2 = vmctx\n    gv1 = iadd_imm.i64 gv2, 8\n    region2 = 5 \"state\"\n" +
              body)) == head + declared + body);
    const auto refused = [&](const std::string& wrong) { return complaint(head + wrong + body); };
    CHECK(refused("gv0 = iadd_imm.i64 gv1, 8\n") ==
          "line 2, column 20: gv1 is not declared in this function");
    CHECK(refused("gv0 = vmctx\ngv1 = load.i64 region0 gv0\n") ==
          "line 3, column 16: region0 is not declared in this function");
    CHECK(refused("stack_limit = gv3\n") ==
          "line 2, column 15: gv3 is not declared in this function");
    CHECK_THAT(refused("gv0 = vmctx\nstack_limit = gv0\nstack_limit = gv0\n"),
               Catch::Contains("stack_limit is declared a second time"));
    // Numbers are not truncated to 32 bits.
    CHECK_THAT(refused("gv0 = vmctx\ngv1 = load.i64 gv4294967296\n"),
               Catch::Contains("gv4294967296 is not declared"));
}

TEST_CASE("alias regions are read, on whatever accesses memory, and printed") {
    check_reads_back(R"(function %f(i64) -> i32 fast {
    region0 = 0 "heap"
    region1 = 4294967295 ""
    region2 = 7 "gc struct `List` field `tail`; %2 }"
    region3 = 8 "of two
lines"
    ss0 = explicit_slot 8

block0(v0: i64):
    v1 = load.i32 aligned notrap region0 v0
    v2 = uload8.i32 little region1 v0+4
    store notrap region2 v1, v0-8
    istore16 region3 v1, v0
    v3 = atomic_load.i32 region0 v0
    atomic_store region1 v3, v0
    v4 = atomic_rmw big region2 add v0, v1
    v5 = atomic_cas region3 v0, v1, v1
    v6 = load.i32 notrap heap v0
    v7 = load.i32 region0 user7 v0
    return v1
}
)");
    const auto f = text::read_function(
        "function %f(i64) {\nregion3 = 0x1_0 \"x\"\nblock0(v0: i64):\n"
        "v1 = load.i32 region3 aligned user3 notrap v0\nreturn\n}");
    CHECK(f.regions.size() == 4);
    CHECK(f.regions[ir::alias_region(3)] == ir::alias_region_data{16, "x"});
    CHECK(f[f.first(f.entry())].flags ==
          ir::memory_flags(ir::memory_flags::aligned | ir::memory_flags::notrap,
                           ir::alias_region(3)));
    CHECK(ir::verify(f).empty());
    check_reads_back(text::print(f));
}

TEST_CASE("alias regions that are wrong are refused, and where is said") {
    const auto refused = [](const std::string& declared, const std::string& access = "nop") {
        return complaint("function %f(i64) {\n" + declared + "\nblock0(v0: i64):\n" + access +
                         "\nreturn\n}\n");
    };
    CHECK(refused("", "v1 = load.i32 notrap region0 v0") ==
          "line 4, column 22: region0 is not declared in this function");
    CHECK(refused("region0 = 0 \"a\"", "v1 = load.i32 region1 v0") ==
          "line 4, column 15: region1 is not declared in this function");
    CHECK(refused("region0 = 0 \"a\"", "v1 = load.i32 region4294967296 v0") ==
          "line 4, column 15: region4294967296 is not declared in this function");
    CHECK_THAT(refused("region0 = 0 \"a\"\nregion1 = 1 \"b\"", "store region0 region1 v0, v0"),
               Catch::Contains("an access is in one alias region at most"));
    for (const std::string both : {"region0 heap", "vmctx region0"})
        CHECK_THAT(refused("region0 = 0 \"a\"", "store " + both + " v0, v0"),
                   Catch::Contains("two memory flags that exclude each other"));
    CHECK_THAT(refused("region0 = 0 \"a\"\nregion0 = 1 \"b\""),
               Catch::Contains("region0 is declared a second time"));
    CHECK_THAT(refused("region0 = 4294967296 \"a\""), Catch::Contains("at most 4294967295"));
    CHECK_THAT(refused("region0 = -1 \"a\""), Catch::Contains("the number of an alias region"));
    CHECK_THAT(refused("region0 = \"a\""), Catch::Contains("the number of an alias region"));
    CHECK_THAT(refused("region0 = 0"), Catch::Contains("the name of an alias region"));
    CHECK_THAT(refused("region0 = 0 %a"), Catch::Contains("the name of an alias region"));
    CHECK_THAT(refused("region0 = 0 \"a"), Catch::Contains("the name of an alias region"));
    // Lines are counted in names too.
    CHECK(refused("region0 = 0 \"a\n\nb\" nop") ==
          "line 4, column 4: expected a block, such as "
          "block0:, found 'nop'");
}

TEST_CASE("text that was cut, or has a byte changed, is read or refused, and nothing else") {
    const std::string whole = in_function(
        "    v3 = load.i32 notrap v1+8\n    v4, v5 = call fn0(v3)\n    v6 = f32const 0x1.0p1\n"
        "    v7 -> v4\n    br_table v7, block1, [block1, block1]\nblock1:\n    return v4\n");
    const auto try_to_read = [](const std::string& changed) {
        try {
            (void)text::print(text::read_module(changed));
        } catch (const text::error&) {
        }
    };
    for (std::size_t at = 0; at < whole.size(); ++at) {
        try_to_read(whole.substr(0, at));
        for (const char other : {'\0', '"', '%', '0', '9', '(', '}', '=', '-', '.', 'v', '\xff'}) {
            auto changed = whole;
            changed[at] = other;
            try_to_read(changed);
        }
    }
    SUCCEED();
}

TEST_CASE("numbers that are left out stay so, and nobody may refer to them") {
    const std::string whole =
        "function %f() fast {\n    sig0 = () fast\n    fn2 = %g sig0\n\nblock0:\n    call fn2()\n"
        "    return\n}\n";
    CHECK(text::print(text::read_module(whole)) == whole);
    CHECK(ir::verify(text::read_module(whole)).empty());
    CHECK_THAT(complaint("function %f() {\n fn2 = %g()\nblock0:\n call fn1()\n return\n}"),
               Catch::Contains("fn1 is not declared"));
}

TEST_CASE("the lines that files of test cases begin with are read over") {
    const std::string function = "function %f() {\nblock0:\n    return\n}\n";
    const std::string head = "test run\nset enable_x=true ; why\ntarget x86_64 has_avx\n\n";
    CHECK(text::read_module(head + function).functions.size() == 1);
    CHECK_THAT(complaint("tests run\n" + function), Catch::Contains("'function'"));
}

TEST_CASE("any name without a quotation mark is printed so that it is read back") {
    for (const std::string name : {"f", "a/b", "u1:2", "u/x:y", "u01:2", "u1:", "u:1", "1", "a b",
                                   "%f", "", "u9999999999:1", "\xff"}) {
        ir::function f(name, {});
        const auto entry = f.append_block();
        f.append(entry, {.code = ir::opcode::return_});
        INFO(text::print(f));
        CHECK(text::read_function(text::print(f)).name == name);
    }
}
