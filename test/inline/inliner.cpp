// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/inline/decide/always.hpp>
#include <palimpsest/inline/decide/benefit.hpp>
#include <palimpsest/inline/decide/never.hpp>
#include <palimpsest/inline/decide/remark.hpp>
#include <palimpsest/inline/decide/revisit.hpp>
#include <palimpsest/inline/decide/single_call_site.hpp>
#include <palimpsest/inline/decide/small_callee.hpp>
#include <palimpsest/inline/inliner.hpp>

#include <catch2/catch.hpp>
#include <palimpsest/ir/interpreter/interpreter.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <palimpsest/ir/verifier.hpp>
#include <range/v3/algorithm/count.hpp>

#include <string>

#include "support/calls_in.hpp"
#include "support/thrown.hpp"

namespace decide = palimpsest::decide;
namespace inlining = palimpsest::inlining;
namespace ir = palimpsest::ir;
namespace linking = palimpsest::linking;
using inlining::call_site;
using ir::data_value;
using palimpsest::test::calls_in;

namespace {

/// What %f returns for small numbers, traps included.
std::vector<std::string> outcomes(const ir::module& of) {
    std::vector<std::string> made;
    for (std::uint64_t number = 0; number < 6; ++number) {
        ir::interpreter<> machine(of, {.depth = 1'000, .fuel = 1'000'000});
        const std::vector<data_value> given{data_value::i32(number)};
        const auto outcome = machine.run("f", given);
        made.push_back(outcome.trap ? ir::name(outcome.trap->code)
                                    : std::to_string(outcome.results[0].bits));
    }
    return made;
}

/// Inlines a program in which all functions except %f are private, and requires that %f returns the
/// same.
template <class Inliner>
inlining::summary inlined(Inliner& inliner, linking::program& code) {
    if (code.facts.empty()) {
        code.facts.resize(code.code.functions.size());
        for (std::size_t number = 0; number < code.facts.size(); ++number)
            code.facts[number].is_private = code.code.functions[number].name != "f";
    }
    REQUIRE(ir::verify(code.code).empty());
    const auto before = outcomes(code.code);
    const auto made = inliner(code);
    INFO(ir::text::print(code.code));
    const auto problems = ir::verify(code.code);
    INFO((problems.empty() ? std::string() : problems[0].text));
    REQUIRE(problems.empty());
    CHECK(outcomes(code.code) == before);
    return made;
}
linking::program read(const std::string& text) { return {ir::text::read_module(text), {}}; }

/// %f calls %g twice, %g calls %h in a loop.
const std::string chain = R"(
function %f(i32) -> i32 {
    fn0 = %g(i32) -> i32
block0(v0: i32):
    v1 = call fn0(v0)
    v2 = call fn0(v1)
    v3 = iadd v1, v2
    return v3
}
function %g(i32) -> i32 {
    fn0 = %h(i32, i32) -> i32
block0(v0: i32):
    v1 = iconst.i32 3
    jump block1(v0, v1)
block1(v2: i32, v3: i32):
    v4 = call fn0(v2, v1)
    v5 = iadd_imm v3, -1
    brif v5, block1(v4, v5), block2
block2:
    return v4
}
function %h(i32, i32) -> i32 {
block0(v0: i32, v1: i32):
    v2 = imul v0, v1
    v3 = iadd_imm v1, 7
    v4 = iadd v2, v3
    return v4
})";

}  // namespace

TEST_CASE("callees come first, and what nobody reaches any more is dropped") {
    auto code = read(chain);
    inlining::inliner<decide::remark<decide::always>> inliner;
    const auto made = inlined(inliner, code);
    REQUIRE(code.code.functions.size() == 1);
    CHECK(code.facts.size() == 1);
    CHECK(calls_in(code.code.functions[0]) == 0);
    CHECK(made.call_sites == 3);
    CHECK(made.inlined == 3);
    CHECK(made.functions_dropped == 2);
    const auto& remarks = inliner.decision().remarks();
    REQUIRE(remarks.size() == 3);
    CHECK(remarks[0].caller == "g");
    CHECK(remarks[1].caller == "f");
    CHECK(remarks[0].loop_depth == 1);
    CHECK(remarks[0].constant_arguments == 1);
    CHECK(remarks[1].loop_depth == 0);
    // The callee's size includes what was inlined into it: a jump in, a jump out, four of %h.
    CHECK(remarks[0].callee_size == 4);
    CHECK(remarks[1].callee_size == 6 + 4);
}

TEST_CASE("never changes nothing, and drops only what was unreachable before") {
    auto code = read(chain + "\nfunction %lonely() {\nblock0:\n    return\n}");
    const auto before = ir::text::print(code.code.functions[0]);
    inlining::inliner<decide::never> inliner;
    const auto made = inlined(inliner, code);
    CHECK(made.inlined == 0);
    CHECK(made.functions_dropped == 1);
    CHECK(ir::text::print(code.code.functions[0]) == before);
}

TEST_CASE("functions of a module without further facts are public, and stay") {
    auto code = ir::text::read_module(chain);
    inlining::inliner<decide::always> inliner;
    CHECK(inliner(code).functions_dropped == 0);
    CHECK(code.functions.size() == 3);
}

TEST_CASE("a private function whose address is taken stays, and single_call_site knows") {
    auto code = read(R"(
function %f(i32) -> i32 {
    sig0 = (i32) -> i32
    fn0 = %g sig0
    fn1 = %h sig0
block0(v0: i32):
    v1 = call fn0(v0)
    v2 = call fn1(v1)
    v3 = func_addr.i64 fn0
    v4 = call_indirect sig0, v3(v2)
    return v4
}
function %g(i32) -> i32 {
block0(v0: i32):
    v1 = iadd_imm v0, 1
    return v1
}
function %h(i32) -> i32 {
block0(v0: i32):
    v1 = imul_imm v0, 3
    return v1
})");
    inlining::inliner<decide::remark<decide::single_call_site>> inliner;
    const auto made = inlined(inliner, code);
    CHECK(made.inlined == 1);
    CHECK(made.functions_dropped == 1);
    REQUIRE(code.code.find("g") != nullptr);
    CHECK(code.code.find("h") == nullptr);
    CHECK(inliner.decision().remarks()[0].why == "the callee stays anyway");
}

TEST_CASE("a function that calls itself twice is inlined into itself as it was") {
    auto code = read(R"(
function %f(i32) -> i32 {
    fn0 = %f(i32) -> i32
block0(v0: i32):
    v1 = icmp_imm ult v0, 2
    brif v1, block1, block2
block1:
    return v0
block2:
    v2 = iadd_imm v0, -1
    v3 = call fn0(v2)
    v4 = iadd_imm v0, -2
    v5 = call fn0(v4)
    v6 = iadd v3, v5
    return v6
})");
    inlining::inliner<decide::always> inliner;
    const auto made = inlined(inliner, code);
    CHECK(made.inlined == 2);
    CHECK(made.instructions_copied == 18);
    CHECK(calls_in(code.code.functions[0]) == 4);
}

TEST_CASE("the size of a function that calls itself is what a copy of it adds") {
    auto code = read(R"(
function %f(i32) -> i32 {
    fn0 = %f(i32) -> i32
    fn1 = %g(i32) -> i32
block0(v0: i32):
    v1 = call fn1(v0)
    brif v0, block1, block2
block1:
    v2 = iadd_imm v0, -1
    v3 = call fn0(v2)
    return v3
block2:
    return v1
}
function %g(i32) -> i32 {
block0(v0: i32):
    v1 = imul_imm v0, 3
    v2 = iadd_imm v1, 1
    return v2
})");
    inlining::inliner<decide::remark<decide::always>> inliner;
    const auto made = inlined(inliner, code);
    CHECK(made.instructions_copied == 3 + 6);
    const auto& remarks = inliner.decision().remarks();
    REQUIRE(remarks.size() == 2);
    CHECK(remarks[1].callee_size == 6);
    CHECK(remarks[1].caller_size == 6 + 3);
}

TEST_CASE("mutual recursion ends, however often another look is asked for") {
    const std::string text = R"(
function %f(i32) -> i32 {
    fn0 = %g(i32) -> i32
block0(v0: i32):
    brif v0, block1, block2
block1:
    v1 = iadd_imm v0, -1
    v2 = call fn0(v1)
    v3 = iadd v2, v0
    return v3
block2:
    return v0
}
function %g(i32) -> i32 {
    fn0 = %f(i32) -> i32
    fn1 = %g(i32) -> i32
block0(v0: i32):
    brif v0, block1, block2
block1:
    v1 = iadd_imm v0, -1
    v2 = call fn0(v1)
    v4 = ushr_imm v1, 1
    v5 = call fn1(v4)
    v3 = imul v2, v5
    return v3
block2:
    v6 = iconst.i32 5
    return v6
})";
    auto code = read(text);
    inlining::inliner<decide::always> once;
    CHECK(inlined(once, code).inlined > 0);
    code = read(text);
    inlining::inliner<decide::remark<decide::revisit<decide::always>>> again;
    const auto made = inlined(again, code);
    CHECK(made.overruled > 0);
    bool said = false;
    for (const auto& one : again.decision().remarks())
        said |= one.why == "the call came with a body of the same function";
    CHECK(said);
}

TEST_CASE("another look sees constants and loops that the callee could not") {
    // %g is too large for its own call of %h to be decided there: a constant comes with %f's call.
    auto code = read(R"(
function %f(i32) -> i32 {
    fn0 = %g(i32, i32) -> i32
block0(v0: i32):
    v1 = iconst.i32 4
    v2 = iconst.i32 3
    jump block1(v0, v2)
block1(v3: i32, v5: i32):
    v4 = call fn0(v3, v1)
    v6 = iadd_imm v5, -1
    brif v6, block1(v4, v6), block2
block2:
    return v4
}
function %g(i32, i32) -> i32 {
    fn0 = %h(i32) -> i32
block0(v0: i32, v1: i32):
    v2 = call fn0(v1)
    v3 = iadd v0, v2
    return v3
}
function %h(i32) -> i32 {
block0(v0: i32):
    v1 = imul_imm v0, 3
    return v1
})");
    inlining::inliner inliner{decide::remark{[](const call_site& site) {
        if (site.caller == "g") return inlining::answer::keep;
        return inlining::answer::inline_and_revisit;
    }}};
    const auto made = inlined(inliner, code);
    CHECK(made.inlined == 2);
    const auto& remarks = inliner.decision().remarks();
    REQUIRE(remarks.size() == 3);
    CHECK(remarks[2].caller == "f");
    CHECK(remarks[2].callee == "h");
    CHECK(remarks[2].constant_arguments == 1);
    CHECK(remarks[2].loop_depth == 1);
    CHECK(code.code.functions.size() == 1);
}

TEST_CASE("a function grows up to a limit, whatever the decision says") {
    // Each calls the one before it twice: in full, 2^20 calls.
    std::string text =
        "function %a0(i32) -> i32 {\nblock0(v0: i32):\n    v1 = iadd_imm v0, 1\n    return v1\n}\n";
    for (int level = 1; level <= 20; ++level)
        text += "function %" + (level == 20 ? std::string("f") : "a" + std::to_string(level)) +
                "(i32) -> i32 {\n    fn0 = %a" + std::to_string(level - 1) +
                "(i32) -> i32\nblock0(v0: i32):\n    v1 = ushr_imm v0, 30\n    brif v1, block1, "
                "block2\nblock1:\n    v2 = call fn0(v0)\n    v3 = call fn0(v2)\n    return "
                "v3\nblock2:\n    return v0\n}\n";
    auto code = read(text);
    inlining::inliner<decide::remark<decide::always>> inliner({}, {.instructions = 5'000});
    const auto made = inlined(inliner, code);
    CHECK(made.overruled > 0);
    const auto& last = inliner.decision().remarks().back();
    CHECK(last.why.starts_with("instructions of one function: "));
    CHECK(last.why.ends_with(", limit 5000"));
    inlining::program_adapter sizes(code);
    for (std::size_t number = 0; number < sizes.function_count(); ++number)
        CHECK(sizes.size(number) <= 5'000 + 2);
}

TEST_CASE("a program grows up to a limit too") {
    auto code = read(chain);
    inlining::inliner<decide::remark<decide::always>> inliner({}, {.copied = 10});
    const auto made = inlined(inliner, code);
    CHECK(made.inlined == 1);
    CHECK(made.overruled == 2);
    CHECK(inliner.decision().remarks().back().why == "instructions copied in all: 14, limit 10");
}

TEST_CASE("sizes and counts that a decision sees are those of the functions as they are") {
    auto code = read(chain);
    code.facts.resize(3);
    inlining::inliner inliner{[&](const call_site& site) {
        linking::program now{code.code, code.facts};
        inlining::program_adapter sizes(now);
        std::ptrdiff_t calls = 0;
        for (std::size_t number = 0; number < sizes.function_count(); ++number) {
            if (sizes.name(number) == site.caller) CHECK(sizes.size(number) == site.caller_size);
            if (sizes.name(number) == site.callee) CHECK(sizes.size(number) == site.callee_size);
            calls += ranges::count(sizes.calls(number), site.callee,
                                   [&](const auto& one) { return sizes.name(one.callee); });
        }
        CHECK(calls == static_cast<std::ptrdiff_t>(site.callee_call_sites));
        return true;
    }};
    CHECK(inlined(inliner, code).inlined == 3);
}

TEST_CASE("a tail call is inlined at its place, and one of the callee becomes a call") {
    auto code = read(R"(
function %f(i32) -> i32 tail {
    fn0 = %g(i32) -> i32 tail
block0(v0: i32):
    v1 = call fn0(v0)
    return_call fn0(v1)
}
function %g(i32) -> i32 tail {
    fn0 = %h(i32) -> i32 tail
block0(v0: i32):
    v1 = iadd_imm v0, 5
    return_call fn0(v1)
}
function %h(i32) -> i32 tail {
block0(v0: i32):
    v1 = imul_imm v0, 3
    return v1
})");
    inlining::inliner inliner{[](const call_site& site) {
        CHECK(site.is_tail_call == (site.caller == "g" || site.caller_size > 2));
        return inlining::answer::inline_and_revisit;
    }};
    CHECK(inlined(inliner, code).inlined == 3);
    CHECK(code.code.functions.size() == 1);
}

TEST_CASE("a call that declares other types than the callee has is no call site") {
    auto code = ir::text::read_module(R"(
function %f(i32) -> i32 {
    fn0 = %g(i64) -> i32
block0(v0: i32):
    v1 = uextend.i64 v0
    v2 = call fn0(v1)
    return v2
}
function %g(i32) -> i32 {
block0(v0: i32):
    return v0
})");
    inlining::inliner<decide::always> inliner;
    CHECK(inliner(code).call_sites == 0);
    CHECK(outcomes(code)[0] == "bad_sig");
}

TEST_CASE("the same program and decision give the same text") {
    std::string first;
    for (int times = 0; times < 3; ++times) {
        auto code = read(chain);
        inlining::inliner<decide::benefit<>> inliner;
        inlined(inliner, code);
        const auto text = ir::text::print(code.code);
        if (first.empty()) first = text;
        CHECK(text == first);
    }
}

TEST_CASE("a decision that throws leaves the program well-formed") {
    auto code = read(chain);
    code.facts.resize(3);
    int asked = 0;
    inlining::inliner inliner{[&](const call_site&) {
        if (++asked == 3) throw std::runtime_error("enough");
        return true;
    }};
    const auto before = outcomes(code.code);
    CHECK_THROWS_AS(inliner(code), std::runtime_error);
    CHECK(ir::verify(code.code).empty());
    CHECK(outcomes(code.code) == before);
}

TEST_CASE("what is no program is refused, and it says why") {
    inlining::inliner<decide::always> inliner;
    auto twice = ir::text::read_module(chain + chain);
    CHECK(palimpsest::test::text_of<std::invalid_argument>([&] { inliner(twice); }) ==
          "palimpsest: inlining: two functions are called %f");
    auto code = read(chain);
    code.facts.resize(2);
    CHECK(palimpsest::test::text_of<std::invalid_argument>([&] { inliner(code); }) ==
          "palimpsest: inlining: facts of 2 functions, of which 3 are there");
}
