// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/verifier.hpp>

#include <catch2/catch.hpp>
#include <palimpsest/ir/builder.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <span>
#include <string>

namespace ir = palimpsest::ir;

namespace {

std::string report(std::span<const ir::problem> problems) {
    std::string made;
    for (const auto& one : problems) made += one.text + '\n';
    return made;
}
std::string report(const std::string& text) {
    return report(ir::verify(ir::text::read_module(text)));
}

std::string function_of(const std::string& statements) {
    return "function %f(i32, i64, f32) -> i32 {\n"
           "    sig0 = (i32) -> i32\n"
           "    fn0 = %g sig0\n"
           "block0(v0: i32, v1: i64, v2: f32):\n" +
           statements + "}\n";
}
/// The report without the name of the function.
std::string report_about(const std::string& statements) {
    auto made = report(function_of(statements));
    for (auto at = made.find("%f: "); at != std::string::npos; at = made.find("%f: "))
        made.erase(at, 4);
    return made;
}

}  // namespace

TEST_CASE("nothing is wrong with a function that is well-formed") {
    CHECK(report_about("    v3 = call fn0(v0)\n    brif v3, block1(v3), block2\n"
                       "block1(v4: i32):\n    return v4\nblock2:\n    jump block1(v0)\n")
              .empty());
}

TEST_CASE("types are those that the operation takes") {
    CHECK(report_about("    v3 = iadd v0, v1\n    return v3\n") ==
          "v1 is i64, where iadd takes i32\n");
    CHECK(report_about("    v3 = uextend.i32 v1\n    return v3\n") ==
          "v1 is i64, where uextend takes a narrower type\n");
    CHECK(report_about("    v3 = bitcast.i32 v1\n    return v3\n") ==
          "v1 is i64, where bitcast takes a type of the same size\n");
    CHECK(report_about("    v3 = load.i32 v2\n    return v3\n") ==
          "v2 is f32, where load takes an address\n");
    CHECK(report_about("    v3 = iadd.i64 v0, v0\n    return v0\n") ==
          "v0 is i32, where iadd takes i64\nv0 is i32, where iadd takes i64\n");
}

TEST_CASE("calls, returns and branches agree with what they go to") {
    CHECK(report_about("    v3 = call fn0(v1)\n    return v3\n") ==
          "v1 is i64, and the signature's is i32\n");
    CHECK(report_about("    v3 = call fn0()\n    return v3\n") ==
          "there are 0 where the signature has 1 argument\n");
    CHECK(report_about("    return v1\n") == "v1 is i64, and the signature's is i32\n");
    CHECK(report_about("    return\n") ==
          "there are 0 where the signature has 1 value to return\n");
    CHECK(report_about("    jump block1\nblock1(v3: i32):\n    return v3\n") ==
          "block1 takes 1 argument, not 0\n");
    CHECK(report_about("    jump block1(v1)\nblock1(v3: i32):\n    return v3\n") ==
          "v1 is i64, and the parameter of block1 is i32\n");
    CHECK(report_about("    jump block0(v0, v1, v2)\n") == "a branch leads to the entry\n");
    CHECK(report("function %f(i32) {\n fn0 = %g(i32) -> i32\nblock0(v0: i32):\n"
                 " return_call fn0(v0)\n}") ==
          "%f: a tail call gives results of other types than the function\n");
}

TEST_CASE("the entry takes what the signature says") {
    CHECK(report("function %f(i32) {\nblock0:\n return\n}") ==
          "%f: the entry has 0 parameters, the function's signature 1\n");
    CHECK(report("function %f(i32) {\nblock0(v0: i64):\n return\n}") ==
          "%f: v0 is i64, and a parameter of the function is i32\n");
    CHECK(report("function %f() {\n}") == "%f: the function has no block\n");
}

TEST_CASE("a block ends where it branches, and there only") {
    CHECK(report_about("    v3 = iadd v0, v0\n") ==
          "the block does not end with a branch, a return or a trap\n");
    CHECK(report_about("    return v0\n    return v0\n") ==
          "instructions stand behind the end of the block\n");
    CHECK(report_about("") == "the block is empty\n");
}

TEST_CASE("a value is used only where every way has defined it") {
    CHECK(report_about("    brif v0, block1, block2\nblock1:\n    v3 = iadd v0, v0\n"
                       "    jump block2\nblock2:\n    return v3\n") ==
          "v3 is used where it need not be defined\n");
    CHECK(report_about("    v4 = iadd.i32 v3, v0\n    v3 = iadd v0, v0\n    return v4\n") ==
          "v3 is used where it need not be defined\n");
    CHECK(report_about("    jump block1(v0)\nblock1(v3: i32):\n    v4 = iadd v3, v0\n"
                       "    brif v4, block1(v4), block2\nblock2:\n    return v4\n")
              .empty());
    // In unreachable code there are no paths to check.
    CHECK(report_about("    return v0\nblock1:\n    v3 = iadd.i32 v4, v4\n    return v3\n"
                       "block2:\n    v4 = iadd v0, v0\n    return v4\n")
              .empty());
}

TEST_CASE("a global has its own type, and the vmctx is a parameter") {
    const auto report_of = [](const std::string& parameters, const std::string& type) {
        return report("function %f(" + parameters + ") {\n gv0 = vmctx\n gv1 = load.i32 gv0\n" +
                      "block0(v0: i64):\n v1 = global_value." + type + "\n return\n}");
    };
    CHECK(report_of("i64 vmctx", "i64 gv0").empty());
    CHECK(report_of("i64 vmctx", "i32 gv1").empty());
    CHECK(report_of("i64", "i64 gv0") == "%f: the function has no parameter for the vmctx\n");
    CHECK(report_of("i64", "i32 gv1") == "%f: the function has no parameter for the vmctx\n");
    CHECK(report_of("i64 vmctx", "i32 gv0") == "%f: global_value is i32, and the global i64\n");
    CHECK(report_of("i64 vmctx", "i64 gv1") == "%f: global_value is i64, and the global i32\n");
}

TEST_CASE("calls by name agree with the module's functions") {
    CHECK(report(function_of("    v3 = call fn0(v0)\n    return v3\n") +
                 "function %g(i64) -> i32 {\nblock0(v0: i64):\n trap user1\n}") ==
          "%f: %g is declared with types that are not its own\n");
}

TEST_CASE("all that is wrong is reported, with its place") {
    const auto module = ir::text::read_module(
        function_of("    v3 = iadd v0, v1\n    jump block1\nblock1(v4: i32):\n    return v2\n"));
    const auto problems = ir::verify(module.functions[0]);
    REQUIRE(problems.size() == 3);
    CHECK(problems[0].in == ir::block(0));
    CHECK(module.functions[0][problems[0].at].code == ir::opcode::iadd);
    CHECK(problems[1].in == ir::block(0));
    CHECK(problems[2].in == ir::block(1));
}

TEST_CASE("what no text can say is found as well") {
    auto f = ir::text::read_function(
        "function %f(i32) -> i32 {\nblock0(v0: i32):\n"
        " v1 = iadd v0, v0\n return v1\n}");
    const auto entry = f.entry();
    SECTION("aliases in a circle") {
        f.make_alias(ir::value(1), ir::value(0));
        f.make_alias(ir::value(0), ir::value(1));
        CHECK_THAT(report(ir::verify(f)), Catch::Contains("v0 is an alias that leads nowhere"));
    }
    SECTION("a reference out of the tables") {
        f[f.first(entry)].code = ir::opcode::stack_addr;
        f[f.first(entry)].type = ir::type::i64;
        f[f.first(entry)].entity = 7;
        CHECK(report(ir::verify(f)) == "it refers to what is not declared\n");
    }
    SECTION("names that end a text's") {
        f.name = "a\"b";
        CHECK_THAT(report(ir::verify(f)), Catch::Contains("has a quotation mark"));
        f.name = "a\nb";
        CHECK_THAT(report(ir::verify(f)), Catch::Contains("has a quotation mark"));
        f.name = "a/b c";
        CHECK(ir::verify(f).empty());
    }
    SECTION("a value that was never defined") {
        f.arguments(f.first(entry))[0] = ir::value(99);
        CHECK(report(ir::verify(f)) == "v99 is not defined\n");
    }
    SECTION("a global that is its own base") {
        ir::global_data itself;
        itself.is = ir::global_data::kind::load;
        itself.base = ir::global_ref(0);
        f.globals.add(itself);
        CHECK(report(ir::verify(f)) == "gv0 has itself for a base, or for the base of a base\n");
    }
    SECTION("a global whose base is not there") {
        ir::global_data lost;
        lost.is = ir::global_data::kind::add;
        lost.base = ir::global_ref(1);
        f.globals.add(lost);
        CHECK(report(ir::verify(f)) == "gv0 needs a base that is declared\n");
    }
    SECTION("an alias region that is not there, or was left out") {
        auto& one = f[f.first(entry)];
        one.flags = ir::memory_flags(0, ir::alias_region(1));
        f.regions.add({7, "seven"});
        CHECK(report(ir::verify(f)) == "iadd is in region1, which is not declared\n");
        f.regions.resize(2);
        CHECK(report(ir::verify(f)) == "iadd is in region1, which is not declared\n");
        ir::global_data global;
        global.flags = one.flags;
        one.flags = {};
        f.globals.add(global);
        CHECK(report(ir::verify(f)) == "gv0 is in region1, which is not declared\n");
        f.regions[ir::alias_region(1)] = {8, "eight"};
        CHECK(ir::verify(f).empty());
    }
    SECTION("an alias region's name that ends a text's") {
        f.regions.add({7, "a\"b"});
        CHECK_THAT(report(ir::verify(f)), Catch::Contains("has a quotation mark"));
        f.regions[ir::alias_region(0)].name = "a;\n%b}";
        CHECK(ir::verify(f).empty());
    }
    SECTION("fields out of their range") {
        auto& sum = f[f.first(entry)];
        SECTION("a condition") {
            sum.code = ir::opcode::icmp;
            sum.condition = 10;
            CHECK_THAT(report(ir::verify(f)), Catch::Contains("there is no such condition"));
        }
        SECTION("a trap code") {
            sum.trap = ir::trap_code::from_raw(252);
            CHECK(report(ir::verify(f)) == "there is no such trap code\n");
        }
        SECTION("memory flags") {
            sum.flags = ir::memory_flags(ir::memory_flags::heap | ir::memory_flags::table);
            CHECK(report(ir::verify(f)) == "two memory flags exclude each other\n");
        }
        SECTION("a constant") {
            sum.code = ir::opcode::f32const;
            sum.immediate = 1ULL << 32U;
            CHECK_THAT(report(ir::verify(f)),
                       Catch::Contains("the constant has more bits than f32"));
        }
    }
    SECTION("declarations out of their range") {
        f.stack_slots.add({ir::stack_slot_data::most_size, 17});
        f.stack_slots.add({ir::stack_slot_data::most_size + 1, 0});
        f.stack_slots.add({ir::stack_slot_data::most_size, 16});
        f.signatures.add({{{ir::type::none}}, {}});
        ir::global_data both;
        both.flags = ir::memory_flags(ir::memory_flags::little | ir::memory_flags::big);
        f.globals.add(both);
        CHECK(report(ir::verify(f)) ==
              "a signature has a value without type\n"
              "ss0 is larger, or aligned to more, than a slot may be\n"
              "ss1 is larger, or aligned to more, than a slot may be\n"
              "gv0 has memory flags that exclude each other\n");
    }
    SECTION("a value that two instructions give") {
        const auto other = f.make(f[f.first(entry)]);
        f[other].results = {};
        f.adopt_result(other, f.results(f.first(entry))[0], ir::type::i32);
        f.insert_before(entry, other, f.first(entry));
        CHECK(report(ir::verify(f)) == "v1 is defined elsewhere too\n");
    }
    SECTION("a parameter without type") {
        f.append_parameter(f.append_block(), ir::type::none);
        CHECK_THAT(report(ir::verify(f)), Catch::Contains("v2 has no type"));
    }
    SECTION("a value whose definition is gone, used in a block that nobody reaches") {
        const auto lost = f.append_block();
        const auto held = std::vector<ir::value>(1, f.results(f.first(entry))[0]);
        ir::instruction given;
        given.code = ir::opcode::return_;
        given.arguments = f.add_values(held);
        f.append(lost, given);
        CHECK(ir::verify(f).empty());
        f.arguments(f.last(entry))[0] = f.parameters(entry)[0];
        f.remove(entry, f.first(entry));
        CHECK(report(ir::verify(f)) == "v1 is used where it need not be defined\n");
    }
    SECTION("a type that the operation is not there for") {
        f[f.first(entry)].type = ir::type::f32;
        CHECK(report(ir::verify(f)) == "iadd is not there for f32\n");
    }
    SECTION("an instruction without its result") {
        f[f.first(entry)].results = {};
        CHECK_THAT(report(ir::verify(f)), Catch::Contains("iadd gives 1 result, not 0"));
    }
}

TEST_CASE("calling conventions are those of the function called, and tail calls keep their own") {
    const auto calling = [](const std::string& mine, const std::string& its,
                            const std::string& as) {
        return report("function %f() " + mine + " {\n    fn0 = %g() " + as +
                      "\nblock0:\n    return_call fn0()\n}\nfunction %g() " + its +
                      " {\nblock0:\n    return\n}\n");
    };
    CHECK(calling("tail", "tail", "tail").empty());
    CHECK(calling("tail", "fast", "tail") ==
          "%f: %g is declared with a calling convention not its own\n");
    CHECK(calling("fast", "tail", "tail") ==
          "%f: a tail call has another calling convention than the function\n");
}

TEST_CASE("globals lean on each other up to a depth") {
    std::string text = "function %f(i64 vmctx) {\n    gv0 = vmctx\n";
    for (int number = 1; number <= 101; ++number)
        text += "    gv" + std::to_string(number) + " = load.i64 gv" + std::to_string(number - 1) +
                "+8\n";
    const std::string body = "block0(v0: i64):\n    return\n}\n";
    CHECK(report(text + body) == "%f: gv101 has more than 100 bases, one behind the other\n");
    text.erase(text.rfind("    gv101"));
    CHECK(report(text + body).empty());
}

TEST_CASE("a global may name one that is declared later, but never leads back to itself") {
    const std::string body = "block0(v0: i64):\n    return\n}\n";
    const std::string head = "function %f(i64 vmctx) {\n";
    CHECK(report(head + "    gv0 = iadd_imm.i64 gv1, 8\n    gv1 = vmctx\n" + body).empty());
    CHECK(report(head +
                 "    gv0 = load.i64 gv2\n    gv1 = vmctx\n    gv2 = iadd_imm.i64 gv1, 8\n"
                 "    gv3 = load.i64 gv0\n" +
                 body)
              .empty());
    CHECK(report(head + "    gv0 = load.i64 gv1\n    gv1 = load.i64 gv0\n" + body) ==
          "%f: gv0 has itself for a base, or for the base of a base\n");
    // The depth does not depend on the order.
    std::string text = head + "    gv0 = vmctx\n";
    for (int number = 101; number > 0; --number)
        text += "    gv" + std::to_string(number) + " = load.i64 gv" + std::to_string(number - 1) +
                "\n";
    CHECK(report(text + body) == "%f: gv101 has more than 100 bases, one behind the other\n");
}

TEST_CASE("a circle of all the globals that a text can have is found") {
    constexpr std::size_t count = 60'000;
    ir::function f("f", {});
    ir::function_builder to(f);
    to.switch_to(to.append_entry());
    to.return_();
    for (std::size_t number = 0; number < count; ++number) {
        ir::global_data one;
        one.is = ir::global_data::kind::load;
        one.base = ir::global_ref((number + 1) % count);
        f.globals.add(one);
    }
    CHECK(report(ir::verify(f)) == "gv0 has itself for a base, or for the base of a base\n");
}

TEST_CASE("who writes to memory does not say that nobody does") {
    for (const std::string wrong :
         {"store readonly v0, v1", "store.i32 notrap readonly v0, v1+8", "istore8 readonly v0, v1",
          "atomic_store.i32 readonly v0, v1", "v3 = atomic_rmw.i32 readonly add v1, v0",
          "v3 = atomic_cas.i32 readonly v1, v0, v0"}) {
        INFO(wrong);
        CHECK_THAT(report_about("    " + wrong + "\n    return v0\n"),
                   Catch::Contains("writes, and is said to be readonly\n"));
    }
    CHECK(report_about("    v3 = load.i32 readonly v1\n    v4 = atomic_load.i32 readonly v1\n"
                       "    return v3\n")
              .empty());
}

TEST_CASE("a bitcast has no memory flags but a byte order") {
    CHECK(report_about("    v3 = bitcast.i32 little v2\n    return v3\n").empty());
    CHECK_THAT(report_about("    v3 = bitcast.i32 notrap v2\n    return v3\n"),
               Catch::Contains("bitcast has a byte order for a memory flag, and no other"));
    CHECK_THAT(report("function %f(i32) {\n    region0 = 0 \"\"\nblock0(v0: i32):\n"
                      "    v1 = bitcast.f32 region0 v0\n    return\n}\n"),
               Catch::Contains("bitcast has a byte order for a memory flag, and no other"));
}

TEST_CASE("the entry is not cold, other blocks may be") {
    CHECK(report("function %f() {\nblock0 cold:\n    return\n}\n") ==
          "%f: the entry is cold, and is executed with each call\n");
    CHECK(
        report("function %f() {\nblock0:\n    jump block1\nblock1 cold:\n    return\n}\n").empty());
}

TEST_CASE("only integers are extended, whoever they are passed to or from") {
    const auto wrong = [](const std::string& head, const std::string& declared = "") {
        return report("function %f" + head + " {\n" + declared + "block0(v0: f32, v1: i8):\n" +
                      "    return v0\n}\n");
    };
    CHECK(wrong("(f32, i8 sext) -> f32", "    sig0 = (i8 uext, i64 sext) -> i32 sext\n").empty());
    CHECK(wrong("(f32 sext, i8) -> f32") ==
          "%f: the function's signature has sext on f32: only integers are extended\n");
    CHECK(wrong("(f32, i8) -> f32 uext") ==
          "%f: the function's signature has uext on f32: only integers are extended\n");
    for (const std::string declared : {"sig0 = (f64 sext)", "sig0 = () -> f64 sext",
                                       "fn0 = %g(f64 sext)", "fn0 = %g() -> i8, f64 sext"})
        CHECK(wrong("(f32, i8) -> f32", "    " + declared + "\n") ==
              "%f: a signature has sext on f64: only integers are extended\n");
}

TEST_CASE("each alias region of a function has a number of its own") {
    const auto with = [](const std::string& regions) {
        return report("function %f(i64) {\n" + regions +
                      "block0(v0: i64):\n    v1 = load.i8 region1 v0\n    return\n}\n");
    };
    CHECK(with("    region0 = 1 \"same\"\n    region1 = 0 \"same\"\n").empty());
    CHECK(with("    region5 = 7 \"\"\n    region1 = 4294967295 \"\"\n").empty());
    CHECK(with("    region0 = 36 \"a\"\n    region1 = 36 \"b\"\n    region2 = 5 \"\"\n"
               "    region3 = 36 \"c\"\n") == "%f: two alias regions have the number 36\n");
}
