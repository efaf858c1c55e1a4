// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/inline/adapter/ir_adapter.hpp>
#include <palimpsest/inline/inline_call.hpp>

#include <catch2/catch.hpp>
#include <palimpsest/ir/interpreter/interpreter.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <palimpsest/ir/verifier.hpp>

#include <array>

#include "support/calls_in.hpp"

namespace ir = palimpsest::ir;
namespace inlining = palimpsest::inlining;
using ir::data_value;

namespace {

/// The functions of a text, with calls from %f inlined one by one.
class subject {
  public:
    explicit subject(const std::string& text)
        : before_(ir::text::read_module(text)), after_(before_) {
        require_well_formed();
    }

    ir::function& f() { return after_.functions[0]; }
    const ir::function& body(std::string_view name) const { return *before_.find(name); }

    /// Inlines call number `number` of %f, counted from the front.
    inlining::inlined_call<inlining::ir_adapter> inline_one(std::size_t number = 0) {
        for (const auto in : f().blocks())
            for (const auto call : f().call_sites(in))
                if (number-- == 0) {
                    const auto& callee = f().functions[f()[call].as<ir::function_ref>()];
                    const auto made =
                        inlining::inline_call(adapter_, f(), in, call, body(callee.name));
                    require_well_formed();
                    return made;
                }
        FAIL("there is no such call");
        return {};
    }
    std::size_t calls() const { return palimpsest::test::calls_in(after_.functions[0]); }

    /// Checks that both modules return the same for each of the arguments, traps included.
    void check_same(const std::vector<std::vector<data_value>>& arguments) {
        for (const auto& each : arguments) {
            const auto [before, before_trap] = outcome(before_, each);
            const auto [after, after_trap] = outcome(after_, each);
            INFO(ir::text::print(f()));
            CHECK(before == after);
            CHECK(before_trap == after_trap);
        }
    }

  private:
    static std::pair<std::vector<data_value>, std::string> outcome(
        const ir::module& of, const std::vector<data_value>& arguments) {
        ir::interpreter<> machine(of, {.depth = 1'000, .fuel = 1'000'000});
        const auto made = machine.run("f", arguments);
        return {made.results, made.trap ? ir::name(made.trap->code) : std::string()};
    }
    void require_well_formed() {
        const auto problems = ir::verify(after_);
        INFO(ir::text::print(after_));
        INFO((problems.empty() ? std::string() : problems[0].text));
        REQUIRE(problems.empty());
    }

    ir::module before_;
    ir::module after_;
    inlining::ir_adapter adapter_{before_.functions[0]};
};

std::vector<std::vector<data_value>> small_numbers() {
    std::vector<std::vector<data_value>> made;
    for (std::uint64_t number = 0; number < 6; ++number) made.push_back({data_value::i32(number)});
    return made;
}

}  // namespace

TEST_CASE("a callee with several returns and results jumps behind the call from each") {
    subject s(R"(
function %f(i32) -> i32 {
    fn0 = %g(i32) -> i32, i32
block0(v0: i32):
    v1, v2 = call fn0(v0)
    v3 = isub v1, v2
    return v3
}
function %g(i32) -> i32, i32 {
block0(v0: i32):
    v1 = iconst.i32 7
    br_table v0, block3, [block1, block2]
block1:
    return v0, v1
block2:
    v2 = iadd v0, v1
    return v2, v0
block3:
    trap user3
block4:
    return v0, v0
})");
    const auto made = s.inline_one();
    CHECK(s.calls() == 0);
    CHECK(made.instructions == 6);  // of the reachable blocks
    CHECK(s.f().parameters(made.behind).size() == 2);
    s.check_same(small_numbers());
}

TEST_CASE("a callee that only traps leaves what stands behind the call well-formed") {
    subject s(R"(
function %f(i32) -> i32 {
    fn0 = %g(i32) -> i32
block0(v0: i32):
    v1 = call fn0(v0)
    v2 = iadd v1, v0
    return v2
}
function %g(i32) -> i32 {
block0(v0: i32):
    trap user9
})");
    s.inline_one();
    s.check_same(small_numbers());
}

TEST_CASE("a call in a loop, whose callee loops, and has no result") {
    subject s(R"(
function %f(i32) -> i32 {
    ss0 = explicit_slot 4
    fn0 = %g(i64, i32)
block0(v0: i32):
    v1 = stack_addr.i64 ss0
    jump block1(v0)
block1(v2: i32):
    call fn0(v1, v2)
    v3 = iadd_imm v2, -1
    v4 = icmp_imm sgt v3, 0
    brif v4, block1(v3), block2
block2:
    v5 = stack_load.i32 ss0
    return v5
}
function %g(i64, i32) {
    ss0 = explicit_slot 8
block0(v0: i64, v1: i32):
    stack_store v1, ss0
    jump block1(v1)
block1(v2: i32):
    v3 = load.i32 v0
    v4 = iadd_imm v3, 1
    store v4, v0
    v5 = iadd_imm v2, -1
    v6 = icmp_imm sgt v5, 0
    brif v6, block1(v5), block2
block2:
    return
})");
    s.inline_one();
    CHECK(s.calls() == 0);
    CHECK(s.f().stack_slots.size() == 2);
    s.check_same(small_numbers());
}

TEST_CASE("stack slots of a callee are shared by its bodies, of which one runs at a time") {
    subject s(R"(
function %f(i32) -> i32 {
    ss0 = explicit_slot 4
    fn0 = %g(i32) -> i32
block0(v0: i32):
    stack_store v0, ss0
    v1 = call fn0(v0)
    v2 = call fn0(v1)
    v3 = stack_load.i32 ss0
    v4 = iadd v2, v3
    return v4
}
function %g(i32) -> i32 {
    ss0 = explicit_slot 4
    ss1 = explicit_slot 8
block0(v0: i32):
    stack_store v0, ss0
    v1 = iadd_imm v0, 3
    stack_store v1, ss1+4
    v2 = stack_load.i32 ss0
    v3 = stack_load.i32 ss1+4
    v4 = imul v2, v3
    return v4
})");
    s.inline_one();
    s.inline_one();
    CHECK(s.f().stack_slots.size() == 3);
    s.check_same(small_numbers());
}

TEST_CASE("functions of one name that are not the same have stack slots of their own") {
    const auto with_slot = [](int size) {
        return ir::text::read_function("function %g() {\n    ss0 = explicit_slot " +
                                       std::to_string(size) + "\nblock0:\n    return\n}");
    };
    auto caller = ir::text::read_function(
        "function %f() {\n    fn0 = %g()\nblock0:\n    call fn0()\n    call fn0()\n    return\n}");
    inlining::ir_adapter adapter(caller);
    for (const int size : {8, 64}) {
        const auto in = size == 8 ? caller.entry() : caller.last_block();
        inlining::inline_call(adapter, caller, in, *caller.call_sites(in).begin(), with_slot(size));
    }
    REQUIRE(caller.stack_slots.size() == 2);
    CHECK(caller.stack_slots[ir::stack_slot(1)].size == 64);
}

TEST_CASE("a body within a body of the same function has stack slots of its own") {
    subject s(R"(
function %f(i32) -> i32 {
    ss0 = explicit_slot 4
    fn0 = %f(i32) -> i32
block0(v0: i32):
    stack_store v0, ss0
    brif v0, block1, block2
block1:
    v1 = iadd_imm v0, -1
    v2 = call fn0(v1)
    v3 = stack_load.i32 ss0
    v4 = imul v2, v3
    return v4
block2:
    v5 = iconst.i32 1
    return v5
})");
    for (int times = 0; times < 3; ++times) s.inline_one();
    CHECK(s.f().stack_slots.size() == 4);
    s.check_same(small_numbers());
}

TEST_CASE("a signature that the caller declares twice does not make callees twice") {
    subject s(R"(
function %f(i32) -> i32 {
    fn0 = %g(i32) -> i32
    fn1 = %h(i32) -> i32
block0(v0: i32):
    v1 = call fn0(v0)
    v2 = call fn1(v1)
    return v2
}
function %g(i32) -> i32 {
    fn0 = %h(i32) -> i32
block0(v0: i32):
    v1 = call fn0(v0)
    return v1
}
function %h(i32) -> i32 {
block0(v0: i32):
    v1 = iadd_imm v0, 5
    return v1
})");
    s.inline_one();
    CHECK(s.f().functions.size() == 2);
    s.check_same(small_numbers());
}

TEST_CASE("a tail call of the callee is a call at a normal site, and stays one at a tail site") {
    const std::string callees = R"(
function %g(i32) -> i32 tail {
    fn0 = %h(i32) -> i32 tail
block0(v0: i32):
    v1 = iadd_imm v0, 1
    return_call fn0(v1)
}
function %h(i32) -> i32 tail {
block0(v0: i32):
    v1 = imul_imm v0, 3
    return v1
})";
    subject normal(R"(
function %f(i32) -> i32 tail {
    fn0 = %g(i32) -> i32 tail
block0(v0: i32):
    v1 = call fn0(v0)
    v2 = iadd v1, v0
    return v2
})" + callees);
    normal.inline_one();
    CHECK(normal.calls() == 1);
    normal.check_same(small_numbers());
    normal.inline_one();
    CHECK(normal.calls() == 0);
    normal.check_same(small_numbers());

    subject tail(R"(
function %f(i32) -> i32 tail {
    fn0 = %g(i32) -> i32 tail
block0(v0: i32):
    return_call fn0(v0)
})" + callees);
    CHECK_FALSE(tail.inline_one().behind);
    CHECK(tail.f()[tail.f().last(tail.f().last_block())].code == ir::opcode::return_call);
    tail.inline_one();
    CHECK(tail.calls() == 0);
    tail.check_same(small_numbers());
}

TEST_CASE("a function is inlined into itself, as often as one likes") {
    subject s(R"(
function %f(i32) -> i32 {
    fn0 = %f(i32) -> i32
block0(v0: i32):
    brif v0, block1, block2
block1:
    v1 = iadd_imm v0, -1
    v2 = call fn0(v1)
    v3 = imul v2, v0
    return v3
block2:
    v4 = iconst.i32 1
    return v4
})");
    for (int times = 0; times < 3; ++times) s.inline_one();
    CHECK(s.calls() == 1);
    s.check_same(small_numbers());
}

TEST_CASE("what callees refer to is merged once, and the same for the same") {
    subject s(R"(
function %f(i32) -> i32 {
    sig0 = (i32) -> i32
    fn0 = %g sig0
    fn1 = %h sig0
block0(v0: i32):
    v1 = call fn0(v0)
    v2 = call fn0(v1)
    v3 = call fn1(v2)
    return v3
}
function %g(i32) -> i32 {
    gv0 = symbol %place
    sig0 = (i64)
    sig1 = (i32) -> i32
    fn0 = %h sig1
    fn1 = %unused sig0
block0(v0: i32):
    v1 = symbol_value.i64 gv0
    v2 = ireduce.i32 v1
    v3 = call fn0(v0)
    v4 = iadd v2, v3
    v5 = isub v4, v2
    return v5
}
function %h(i32) -> i32 {
block0(v0: i32):
    v1 = iadd_imm v0, 5
    return v1
})");
    s.inline_one();
    s.inline_one(1);
    CHECK(s.f().signatures.size() == 1);
    CHECK(s.f().functions.size() == 2);
    CHECK(s.f().globals.size() == 1);
    CHECK(s.calls() == 3);
    s.check_same(small_numbers());
}

TEST_CASE("alias regions of a callee are the caller's where their numbers are the same") {
    subject s(R"(
function %f(i32) -> i32 {
    region0 = 100 "shared"
    region1 = 7 "the caller's"
    ss0 = explicit_slot 16
    fn0 = %g(i64 vmctx) -> i32
block0(v0: i32):
    v1 = stack_addr.i64 ss0
    store region0 v0, v1
    store v1, v1+8
    v2 = call fn0(v1)
    v3 = call fn0(v1)
    return v3
}
function %g(i64 vmctx) -> i32 {
    region0 = 3 "not used"
    region1 = 200 "the callee's"
    region2 = 7 "by another name"
    region3 = 100 "shared"
    gv0 = vmctx
    gv1 = load.i64 notrap region2 gv0+8
block0(v0: i64):
    v1 = load.i32 notrap region3 v0
    v2 = global_value.i64 gv1
    store heap v1, v2+4
    v3 = load.i32 region1 v2+4
    v4 = atomic_rmw.i32 region1 add v2, v3
    return v3
})");
    s.inline_one();
    s.inline_one();
    REQUIRE(s.f().regions.size() == 3);
    CHECK(s.f().regions[ir::alias_region(1)] == ir::alias_region_data{7, "the caller's"});
    CHECK(s.f().regions[ir::alias_region(2)] == ir::alias_region_data{200, "the callee's"});
    CHECK_THAT(ir::text::print(s.f()), Catch::Contains("load.i32 notrap region0") &&
                                           Catch::Contains("load.i64 notrap region1") &&
                                           Catch::Contains("load.i32 region2") &&
                                           Catch::Contains("atomic_rmw region2 add") &&
                                           Catch::Contains("store heap"));
    s.check_same(small_numbers());
}

TEST_CASE("the vmctx of a callee is the argument, and not the caller's own") {
    subject s(R"(
function %f(i32) -> i32 {
    ss0 = explicit_slot 16
    fn0 = %g(i64 vmctx) -> i32
block0(v0: i32):
    stack_store v0, ss0+12
    v1 = stack_addr.i64 ss0
    v2 = call fn0(v1)
    return v2
}
function %g(i64 vmctx) -> i32 {
    gv0 = vmctx
    gv1 = iadd_imm.i64 gv0, 8
    gv2 = load.i32 notrap gv1+4
block0(v0: i64):
    v1 = global_value.i32 gv2
    v2 = global_value.i64 gv0
    v3 = ireduce.i32 v2
    v4 = iadd v1, v3
    v5 = isub v4, v3
    return v5
})");
    s.inline_one();
    s.check_same(small_numbers());
}

TEST_CASE("values that are used before the text defines them, and aliases, are copied right") {
    subject s(R"(
function %f(i32) -> i32 {
    fn0 = %g(i32) -> i32
block0(v0: i32):
    v1 = call fn0(v0)
    return v1
}
function %g(i32) -> i32 {
block0(v0: i32):
    jump block2
block1 cold:
    v3 = iadd.i32 v2, v0
    return v3
block2:
    v1 = imul_imm v0, 2
    v2 -> v1
    jump block1
})");
    const auto made = s.inline_one();
    CHECK(s.f().is_cold(s.f().next(made.entry)));
    s.check_same(small_numbers());
}
