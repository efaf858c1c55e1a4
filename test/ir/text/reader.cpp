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

/// The text of the error that reading gives.
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

TEST_CASE("numbers that are out of all proportion are refused, and cost nothing") {
    CHECK_THAT(complaint_about("    v4000000000 = iconst.i32 1\n"),
               Catch::Contains("value numbers are less than"));
    CHECK_THAT(complaint_about("    jump block4000000000\n"),
               Catch::Contains("block numbers are less than"));
    CHECK_THAT(complaint("function %f() {\n ss99999999 = explicit_slot 8\nblock0:\n return\n}"),
               Catch::Contains("numbers are less than"));
    CHECK_THAT(complaint("function %f() {\n ss0 = explicit_slot 99999999999\nblock0:\n return\n}"),
               Catch::Contains("at most"));
}

TEST_CASE("what this library has not is told from what is wrong") {
    const auto lack = [](const std::string& wrong) {
        return test::text_of<text::unsupported>([&] { (void)text::read_module(wrong); });
    };
    CHECK_THAT(lack("function %f(i128) {\nblock0(v0: i128):\n return\n}"),
               Catch::Contains("the type i128 is not supported"));
    CHECK_THAT(lack("function %f(f32x4) {\n"), Catch::Contains("the type f32x4 is not supported"));
    CHECK_THAT(lack(in_function("    v3 = splat.i8x16 v0\n")),
               Catch::Contains("the operation splat is not supported"));
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
        const auto block = f.append_block();
        f.append(block, {.code = ir::opcode::return_});
        INFO(text::print(f));
        CHECK(text::read_function(text::print(f)).name == name);
    }
}
