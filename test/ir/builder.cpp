// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/builder.hpp>

#include <catch2/catch.hpp>
#include <palimpsest/ir/interpreter/interpreter.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <string>

namespace ir = palimpsest::ir;
using ir::data_value;
using ir::opcode;
using ir::type;

namespace {

const ir::signature i32_to_i32{{{type::i32}}, {{type::i32}}};

/// A function with an entry, where the builder writes.
struct begun {
    explicit begun(const ir::signature& as = i32_to_i32) : function("f", as), to(function) {
        entry = to.append_entry();
        to.switch_to(entry);
        if (!as.parameters.empty()) first = to.parameter(entry);
    }
    begun(const begun&) = delete;
    begun& operator=(const begun&) = delete;

    ir::function function;
    ir::function_builder to;
    ir::block entry;
    ir::value first;
};

template <class Write>
std::string refusal(Write&& write) {
    begun made;
    const auto before = ir::text::print(made.function);
    try {
        write(made);
    } catch (const std::invalid_argument& refused) {
        CHECK(ir::text::print(made.function) == before);
        const std::string text = refused.what();
        const std::string prefix = "palimpsest: function_builder: %f: ";
        REQUIRE(text.starts_with(prefix));
        return text.substr(prefix.size());
    }
    return "";
}

std::vector<data_value> run(const ir::module& of, std::vector<data_value> arguments) {
    REQUIRE(ir::verify(of).empty());
    return ir::interpreter<>(of).run(of.functions.front().name, arguments).results;
}

}  // namespace

TEST_CASE("a function is written block by block, and runs") {
    ir::function sum("sum", i32_to_i32);  // of all numbers down to 1
    ir::function_builder to(sum);
    const auto entry = to.append_entry();
    const auto loop = to.append_block({type::i32, type::i32});
    const auto done = to.append_block({type::i32});
    to.switch_to(entry);
    to.jump({loop, {to.parameter(entry), to.iconst(type::i32, 0)}});
    to.switch_to(loop);
    const auto left = to.parameter(loop, 0);
    const auto so_far = to.binary(opcode::iadd, to.parameter(loop, 1), left);
    const auto next = to.binary_imm(opcode::iadd_imm, left, -1);
    CHECK_FALSE(to.is_ended());
    to.brif(next, {loop, {next, so_far}}, {done, {so_far}});
    CHECK(to.is_ended());
    to.switch_to(done);
    to.set_cold(done);
    to.return_({to.parameter(done)});
    CHECK(run({{sum}}, {data_value::i32(100)}) == std::vector{data_value::i32(5050)});
    CHECK(sum.is_cold(done));
}

TEST_CASE("results have the types that the operation or the signature says") {
    begun made({{{type::i32}, {type::f64}}, {}});
    auto& to = made.to;
    const auto number = to.parameter(made.entry, 1);
    const auto type_of = [&](ir::value of) { return made.function.type_of(of); };
    CHECK(type_of(to.icmp(ir::int_condition::slt, made.first, made.first)) == type::i8);
    CHECK(type_of(to.fcmp(ir::float_condition::lt, number, number)) == type::i8);
    CHECK(type_of(to.unary(opcode::uextend, made.first, type::i64)) == type::i64);
    CHECK(type_of(to.select(made.first, number, number)) == type::f64);
    CHECK(type_of(to.bitcast(type::i64, number)) == type::i64);
    CHECK(type_of(to.load(opcode::uload32, type::i64, made.first)) == type::i64);
    CHECK(type_of(to.f32const(1)) == type::f32);
    const auto [wrapped, overflow] =
        to.with_overflow(opcode::uadd_overflow, {made.first, made.first});
    CHECK(type_of(wrapped) == type::i32);
    CHECK(type_of(overflow) == type::i8);
    const auto callee = to.declare_function("g", {{}, {{type::f32}, {type::i16}}});
    const auto results = to.call(callee);
    REQUIRE(results.size() == 2);
    CHECK(type_of(results[0]) == type::f32);
    CHECK(type_of(results[1]) == type::i16);
    to.return_();
    CHECK(ir::verify(made.function).empty());
}

TEST_CASE("what a builder writes is what the same text reads as") {
    begun made({{{type::i32}, {type::i64, ir::parameter_purpose::vmctx, {}}}, {{type::i32}}});
    auto& to = made.to;
    const auto address = to.parameter(made.entry, 1);
    const auto slot = to.declare_stack_slot(8, 16);
    const auto base = to.declare_global({});
    const auto symbol = to.declare_global({.is = ir::global_data::kind::symbol, .symbol = "there"});
    const auto as = to.declare_signature(i32_to_i32);
    const auto callee = to.declare_function("g", as, true);
    const auto other = to.append_block();
    const auto last = to.append_block({type::i32});
    const auto flags = ir::memory_flags(ir::memory_flags::notrap | ir::memory_flags::heap);
    to.stack_store(made.first, slot, 4);
    (void)to.stack_load(type::i16, slot);
    (void)to.stack_addr(type::i64, slot, 2);
    (void)to.global_value(base);
    (void)to.symbol_value(type::i64, symbol);
    const auto loaded = to.load(type::i32, address, -8, flags);
    to.store(opcode::istore8, loaded, address, 16, {}, ir::trap_code::user(3));
    (void)to.atomic_rmw(ir::atomic_operation::umax, address, loaded);
    (void)to.atomic_cas(address, loaded, loaded);
    (void)to.uadd_overflow_trap(loaded, loaded, ir::trap_code::user(1));
    (void)to.ternary(opcode::bitselect, loaded, loaded, made.first);
    const auto where = to.func_addr(type::i64, callee);
    const auto got = to.call_indirect(as, where, {loaded})[0];
    to.trapz(got, ir::trap_code::user(2));
    to.trapnz(got, ir::trap_code::integer_overflow);
    to.br_table(got, other, {{last, {got}}, other});
    to.switch_to(other);
    to.return_call_indirect(as, where, {got});
    to.switch_to(last);
    to.return_call(callee, {to.parameter(last)});
    REQUIRE(ir::verify(made.function).empty());
    const auto text = ir::text::print(made.function);
    CHECK(ir::text::print(ir::text::read_function(text)) == text);
    CHECK(text.find("store") != std::string::npos);
    for (const auto* const expected :
         {"load.i32 notrap heap v1-8", "istore8 user3 v", "atomic_rmw umax v1, v",
          "uadd_overflow_trap v", "call_indirect sig0, v", "block1, [block2(v", "ss0+4",
          "return_call_indirect sig0, v", "return_call fn0(v", "trapz v", "stack_addr.i64 ss0+2",
          "fn0 = colocated %g sig0", "ss0 = explicit_slot 8, align = 16", "gv1 = symbol %there"}) {
        CAPTURE(text, expected);
        CHECK(text.find(expected) != std::string::npos);
    }
}

TEST_CASE("what a call gives can be passed on as it is") {
    begun made({{{type::i32}}, {{type::i32}, {type::i32}, {type::i32}}});
    auto& to = made.to;
    const ir::signature same{{{type::i32}, {type::i32}, {type::i32}},
                             made.function.signature.results};
    const auto first = to.declare_function("g", made.function.signature);
    const auto more = to.declare_function("h", same);
    auto results = to.call(first, {made.first});
    for (int count = 0; count < 100; ++count) {
        const std::vector<ir::value> expected(results.begin(), results.end());
        results = to.call(more, results);
        const auto passed = made.function.arguments(made.function.last(made.entry));
        REQUIRE(std::vector<ir::value>(passed.begin(), passed.end()) == expected);
    }
    to.return_(results);
    CHECK(ir::verify(made.function).empty());
}

TEST_CASE("a list of a function is copied to its own end, also where the lists grow") {
    ir::function made;
    const std::vector all{ir::value(3), ir::value(1), ir::value(2)};
    auto last = made.add_values(all);
    for (int count = 0; count < 50; ++count) {
        last = made.add_values(made.list(last));
        const auto copied = made.list(last);
        REQUIRE(std::vector<ir::value>(copied.begin(), copied.end()) == all);
    }
}

TEST_CASE("what was declared is not declared again, but for stack slots") {
    begun made;
    auto& to = made.to;
    CHECK(to.declare_signature(i32_to_i32) == to.declare_signature(i32_to_i32));
    CHECK(to.declare_signature(i32_to_i32) != to.declare_signature({}));
    CHECK(to.declare_function("g", i32_to_i32) == to.declare_function("g", i32_to_i32));
    CHECK(to.declare_function("g", i32_to_i32) != to.declare_function("h", i32_to_i32));
    CHECK(to.declare_global({}) == to.declare_global({}));
    CHECK(to.declare_stack_slot(4) != to.declare_stack_slot(4));
    CHECK(made.function.signatures.size() == 2);
}

TEST_CASE("what would be malformed is refused, in the verifier's words") {
    CHECK(refusal([](begun& to) { to.to.binary(opcode::ineg, to.first, to.first); }) ==
          "ineg takes 1 operand, not 2");
    CHECK(refusal([](begun& to) { to.to.unary(opcode::uextend, to.first); }) ==
          "uextend is not there for none");
    CHECK(refusal([](begun& to) { to.to.unary(opcode::uextend, to.first, type::i16); }) ==
          "v0 is i32, where uextend takes a narrower type");
    CHECK(refusal([](begun& to) { to.to.iconst(type::f32, 1); }) == "iconst is not there for f32");
    CHECK(refusal([](begun& to) { to.to.unary(opcode::ineg, ir::value()); }) ==
          "there is no such value");
    CHECK(refusal([](begun& to) { to.to.unary(opcode::ineg, ir::value(7)); }) ==
          "there is no such value");
    CHECK(refusal([](begun& to) { to.to.unary(opcode::trapz, to.first); }) ==
          "trapz gives no result");
    CHECK(refusal([](begun& to) { to.to.return_(); }) ==
          "there are 0 where the signature has 1 value to return");
    CHECK(refusal([](begun& to) { to.to.call(ir::function_ref(0)); }) ==
          "it refers to what is not declared");
    CHECK(refusal([](begun& to) { to.to.stack_load(type::i8, ir::stack_slot(0)); }) ==
          "it refers to what is not declared");
    CHECK(refusal([](begun& to) { to.to.global_value(ir::global_ref(0)); }) ==
          "the global is not declared");
    CHECK(refusal([](begun& to) { to.to.jump(ir::block()); }) == "a branch leads to no block");
    CHECK(refusal([](begun& to) { to.to.jump(ir::block(9)); }) == "a branch leads to no block");
    CHECK(refusal([](begun& to) {
              to.to.jump({to.entry, {to.first}});
          }) == "a branch leads to the entry");
    CHECK(refusal([](begun& to) { to.to.switch_to(ir::block(3)); }) == "there is no such block");
    CHECK(refusal([](begun& to) { to.to.append_entry(); }) == "the function has an entry already");
    CHECK(refusal([](begun& to) { to.to.declare_function("g", ir::signature_ref(4)); }) ==
          "the signature is not declared");
    CHECK(refusal([](begun& to) { to.to.declare_stack_slot(4, 3); }) ==
          "an alignment is a power of 2");
}

TEST_CASE("arguments of calls and branches are counted, and have their types") {
    begun made;
    auto& to = made.to;
    const auto callee = to.declare_function("g", {{{type::i64}}, {}});
    const auto next = to.append_block({type::i64});
    CHECK_THROWS_WITH(to.call(callee, {made.first}),
                      Catch::Contains("v0 is i32, and the signature's is i64"));
    CHECK_THROWS_WITH(to.return_call(callee), Catch::Contains("there are 0 where the signature"));
    CHECK_THROWS_WITH(to.jump(next), Catch::Contains("block1 takes 1 argument, not 0"));
    CHECK_THROWS_WITH(to.jump({next, {made.first}}), Catch::Contains("v0 is i32"));
}

TEST_CASE("nothing is written where no block is open") {
    ir::function empty("f", {});
    ir::function_builder to(empty);
    CHECK_THROWS_WITH(to.iconst(type::i8, 1), Catch::Contains("no block was switched to"));
    to.switch_to(to.append_entry());
    to.trap(ir::trap_code::unreachable);
    CHECK_THROWS_WITH(to.iconst(type::i8, 1),
                      Catch::Contains("instructions stand behind the end of the block"));
}

TEST_CASE("a builder declares alias regions by their number, and sets them on accesses") {
    begun made({{{type::i64}}, {}});
    auto& to = made.to;
    const auto heap = to.declare_region(7, "heap");
    const auto state = to.declare_region(0xffff'ffff);
    CHECK(to.declare_region(7, "by another name") == heap);
    CHECK(made.function.regions.size() == 2);
    CHECK(made.function.regions[heap] == ir::alias_region_data{7, "heap"});
    const ir::memory_flags trusted(ir::memory_flags::notrap | ir::memory_flags::aligned);
    const auto loaded = to.load(type::i32, made.first, 8, trusted.in(heap));
    to.store(loaded, made.first, 0, ir::memory_flags(0, state));
    (void)to.atomic_rmw(ir::atomic_operation::add, made.first, loaded, trusted.in(heap));
    CHECK_THROWS_WITH(to.load(type::i32, made.first, 0, trusted.in(ir::alias_region(2))),
                      Catch::Contains("load is in region2, which is not declared"));
    CHECK_THROWS_WITH(to.declare_region(1, "\""), Catch::Contains("has a quotation mark"));
    CHECK_THROWS_WITH(to.store(loaded, made.first, 0, ir::memory_flags(ir::memory_flags::readonly)),
                      Catch::Contains("is said to be readonly"));
    to.return_();
    CHECK(ir::verify(made.function).empty());
    CHECK_THAT(ir::text::print(made.function),
               Catch::Contains("    region0 = 7 \"heap\"\n    region1 = 4294967295 \"\"\n") &&
                   Catch::Contains("load.i32 aligned notrap region0 v0+8") &&
                   Catch::Contains("store region1 v1, v0"));
}

TEST_CASE("a hundred thousand alias regions are declared, and asked for again, in no age") {
    constexpr std::uint32_t count = 100'000;
    ir::function f("f", {});
    ir::function_builder to(f);
    for (std::uint32_t number = 0; number < count; ++number) to.declare_region(2 * number);
    bool same = true;
    for (std::uint32_t number = 0; number < count; ++number)
        same = same && to.declare_region(2 * number) == ir::alias_region(number);
    CHECK(same);
    CHECK(f.regions.size() == count);
}

TEST_CASE("a builder finds alias regions that the function got elsewhere") {
    ir::function f("f", {});
    const auto first = f.regions.add({5, "first"});
    ir::function_builder to(f);
    const auto second = to.declare_region(6);
    CHECK(to.declare_region(5) == first);
    const auto third = f.regions.add({7, "third"});
    CHECK(to.declare_region(7) == third);
    CHECK(to.declare_region(6) == second);
    CHECK(f.regions.size() == 3);
}

TEST_CASE("a builder refuses to make the entry cold") {
    begun made;
    CHECK_THROWS_WITH(made.to.set_cold(made.entry), Catch::Contains("the entry is never cold"));
    made.to.set_cold(made.to.append_block());
}
