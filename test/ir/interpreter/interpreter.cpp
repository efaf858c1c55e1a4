// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/interpreter/interpreter.hpp>

#include <catch2/catch.hpp>
#include <palimpsest/ir/text/reader.hpp>

#include <array>

namespace ir = palimpsest::ir;
using ir::data_value;
using ir::trap_code;

namespace {

/// A module of a test, and what running its function %f returns.
class program {
  public:
    explicit program(const std::string& text, ir::interpreter_limits limits = {})
        : module_(ir::text::read_module(text)), machine_(module_, limits) {}

    ir::run_outcome run(const std::vector<data_value>& arguments = {}) {
        return machine_.run("f", arguments);
    }
    std::uint64_t result(const std::vector<data_value>& arguments = {}) {
        const auto outcome = run(arguments);
        REQUIRE(outcome);
        return outcome.results.at(0).bits;
    }
    trap_code trap(const std::vector<data_value>& arguments = {}) {
        const auto outcome = run(arguments);
        REQUIRE(outcome.trap);
        return outcome.trap->code;
    }
    ir::interpreter<>& machine() { return machine_; }

  private:
    ir::module module_;
    ir::interpreter<> machine_;
};

data_value address_of(const void* bytes) {
    return data_value::i64(reinterpret_cast<std::uintptr_t>(bytes));
}

constexpr const char* load_and_store = R"(
function %f(i64, i32) -> i32 {
block0(v0: i64, v1: i32):
    v2 = load.i32 v0+4
    store v1, v0+4
    return v2
})";

constexpr const char* recursive = R"(
function %f(i64) -> i64 {
    ss0 = explicit_slot 64
    fn0 = %f(i64) -> i64
block0(v0: i64):
    brif v0, block1, block2
block1:
    v1 = iadd_imm v0, -1
    v2 = call fn0(v1)
    v3 = iadd_imm v2, 1
    return v3
block2:
    return v0
})";

}  // namespace

TEST_CASE("memory that is registered is read and written") {
    std::array<std::uint32_t, 4> memory{1, 2, 3, 4};
    program f(load_and_store);
    f.machine().memory().add(std::as_writable_bytes(std::span(memory)));
    CHECK(f.result({address_of(&memory[1]), data_value::i32(77)}) == 3);
    CHECK(memory == std::array<std::uint32_t, 4>{1, 2, 77, 4});
}

TEST_CASE("what is not registered, wholly or in part, is a trap and not touched") {
    std::array<std::uint32_t, 4> memory{1, 2, 3, 4};
    program f(load_and_store);
    const auto bytes = std::as_writable_bytes(std::span(memory));
    CHECK(f.trap({address_of(&memory[1]), data_value::i32(7)}) == trap_code::heap_out_of_bounds);
    f.machine().memory().add(bytes.first(14));
    CHECK(f.trap({address_of(&memory[2]), data_value::i32(7)}) == trap_code::heap_out_of_bounds);
    CHECK(f.trap({data_value::i64(0), data_value::i32(7)}) == trap_code::heap_out_of_bounds);
    CHECK(f.trap({data_value::i64(~std::uint64_t{0}), data_value::i32(7)}) ==
          trap_code::heap_out_of_bounds);
    f.machine().memory().remove(bytes);
    CHECK(f.trap({address_of(memory.data()), data_value::i32(7)}) == trap_code::heap_out_of_bounds);
    f.machine().memory().add_read_only(bytes);
    CHECK(f.trap({address_of(memory.data()), data_value::i32(7)}) == trap_code::heap_out_of_bounds);
    CHECK(memory == std::array<std::uint32_t, 4>{1, 2, 3, 4});
}

TEST_CASE("a trap says its code, its function and its instruction") {
    program f(R"(
function %f(i32) -> i32 {
    fn0 = %g(i32) -> i32
block0(v0: i32):
    v1 = call fn0(v0)
    return v1
}
function %g(i32) -> i32 {
block0(v0: i32):
    v1 = iconst.i32 1
    v2 = udiv v1, v0
    trapnz v2, user9
    return v2
})");
    const auto outcome = f.run({data_value::i32(0)});
    REQUIRE(outcome.trap);
    CHECK(outcome.trap->code == trap_code::integer_division_by_zero);
    CHECK(outcome.trap->in->name == "g");
    CHECK((*outcome.trap->in)[outcome.trap->at].code == ir::opcode::udiv);
    CHECK(f.trap({data_value::i32(1)}) == trap_code::user(9));
    CHECK(f.result({data_value::i32(2)}) == 0);
}

TEST_CASE("a loop without an end stops when the fuel is used up, to the instruction") {
    program f("function %f() {\nblock0:\n jump block1\nblock1:\n jump block1\n}", {.fuel = 1'000});
    CHECK(f.trap() == trap_code::out_of_fuel);
    CHECK(f.machine().instructions_run() == 1'000);
    program enough("function %f() {\nblock0:\n nop\n return\n}", {.fuel = 2});
    CHECK(enough.run());
    CHECK(enough.machine().instructions_run() == 2);
    program less("function %f() {\nblock0:\n nop\n return\n}", {.fuel = 1});
    CHECK(less.trap() == trap_code::out_of_fuel);
}

TEST_CASE("recursion that is too deep is a trap, by calls or by stack") {
    program by_depth(recursive, {.depth = 100});
    CHECK(by_depth.result({data_value::i64(99)}) == 99);
    CHECK(by_depth.trap({data_value::i64(100)}) == trap_code::stack_overflow);
    CHECK(by_depth.result({data_value::i64(99)}) == 99);
    program by_stack(recursive, {.stack_bytes = 640});
    CHECK(by_stack.result({data_value::i64(9)}) == 9);
    CHECK(by_stack.trap({data_value::i64(10)}) == trap_code::stack_overflow);
}

TEST_CASE("a tail call takes no depth") {
    program f(R"(
function %f(i64) -> i64 tail {
    fn0 = %f(i64) -> i64 tail
block0(v0: i64):
    brif v0, block1, block2
block1:
    v1 = iadd_imm v0, -1
    return_call fn0(v1)
block2:
    return v0
})",
              {.depth = 2});
    CHECK(f.result({data_value::i64(100'000)}) == 0);
}

TEST_CASE("stack slots begin as zeros, and no call sees those of another") {
    program f(R"(
function %f() -> i64 {
    fn0 = %g() -> i64
block0:
    v0 = call fn0()
    v1 = call fn0()
    v2 = iadd v0, v1
    return v2
}
function %g() -> i64 {
    ss0 = explicit_slot 8
block0:
    v0 = stack_load.i64 ss0
    v1 = iconst.i64 5
    stack_store v1, ss0
    return v0
})");
    CHECK(f.result() == 0);
}

TEST_CASE("arguments of a branch are passed all at once") {
    program f(R"(
function %f(i32, i32) -> i32 {
block0(v0: i32, v1: i32):
    v9 = iconst.i32 3
    jump block1(v0, v1, v9)
block1(v2: i32, v3: i32, v4: i32):
    v5 = iadd_imm v4, -1
    brif v4, block1(v3, v2, v5), block2
block2:
    v6 = isub v2, v3
    return v6
})");
    CHECK(f.result({data_value::i32(10), data_value::i32(1)}) == data_value::i32(0U - 9U).bits);
}

TEST_CASE("calls through an address reach the function, or are a trap") {
    program f(R"(
function %f(i64) -> i32 {
    sig0 = (i32) -> i32
    fn0 = %g(i32) -> i32
    fn1 = %h(i64) -> i32
block0(v0: i64):
    v1 = func_addr.i64 fn0
    v2 = func_addr.i64 fn1
    v3 = iconst.i32 20
    v4 = icmp_imm eq v0, 0
    v5 = icmp_imm eq v0, 1
    v6 = select v5, v2, v0
    v7 = select v4, v1, v6
    v8 = call_indirect sig0, v7(v3)
    return v8
}
function %g(i32) -> i32 {
block0(v0: i32):
    v1 = iadd_imm v0, 2
    return v1
}
function %h(i64) -> i32 {
block0(v0: i64):
    trap user1
})");
    CHECK(f.result({data_value::i64(0)}) == 22);
    CHECK(f.trap({data_value::i64(1)}) == trap_code::bad_signature);
    CHECK(f.trap({data_value::i64(12'345)}) == trap_code::bad_signature);
    CHECK(f.trap({data_value::i64(1U << 20U)}) == trap_code::bad_signature);
}

namespace {

/// Returns twice its argument, or a trap for 13.
struct doubling_host {
    int calls = 0;

    std::optional<trap_code> call(std::string_view name, const ir::signature&,
                                  std::span<const data_value> arguments,
                                  std::span<data_value> results) {
        ++calls;
        if (name != "double") return trap_code::no_body;
        if (arguments[0].bits == 13) return trap_code::user(13);
        results[0].bits = arguments[0].bits * 2;
        return std::nullopt;
    }
    static std::optional<std::uint64_t> symbol(std::string_view name) {
        return name == "answer" ? std::optional<std::uint64_t>(42) : std::nullopt;
    }
};

}  // namespace

TEST_CASE("what the module has not is the host's") {
    const auto module = ir::text::read_module(R"(
function %f(i32) -> i32 {
    gv0 = symbol %answer
    fn0 = %double(i32) -> i32
block0(v0: i32):
    v1 = call fn0(v0)
    v2 = symbol_value.i32 gv0
    v3 = iadd v1, v2
    return v3
}
function %tail(i32) -> i32 tail {
    fn0 = %double(i32) -> i32 tail
block0(v0: i32):
    return_call fn0(v0)
})");
    ir::interpreter<doubling_host> machine(module);
    const std::array four{data_value::i32(4)};
    CHECK(machine.run("f", four).results == std::vector{data_value::i32(50)});
    CHECK(machine.run("tail", four).results == std::vector{data_value::i32(8)});
    const std::array thirteen{data_value::i32(13)};
    CHECK(machine.run("f", thirteen).trap->code == trap_code::user(13));
    CHECK(machine.host().calls == 3);
    ir::interpreter<> alone(module);
    CHECK(alone.run("f", four).trap->code == trap_code::no_body);
}

TEST_CASE("globals are loaded as they say, through addresses of whatever size") {
    program f(R"(
function %f(i64 vmctx, i32) -> i16 {
    gv0 = vmctx
    gv1 = load.i64 gv0
    gv2 = load.i16 big gv1+8
    gv3 = iadd_imm.i16 gv2, 1
block0(v0: i64, v1: i32):
    v2 = global_value.i16 gv3
    return v2
})");
    std::array<std::uint64_t, 2> memory{0, 0x3412};
    memory[0] = address_of(memory.data()).bits;
    f.machine().memory().add(std::as_writable_bytes(std::span(memory)));
    CHECK(f.result({address_of(memory.data()), data_value::i32(0)}) == 0x1235);
    CHECK(f.trap({data_value::i64(0), data_value::i32(0)}) == trap_code::heap_out_of_bounds);
}

TEST_CASE("misuse is an exception that names the function") {
    program f("function %f(i32) {\nblock0(v0: i32):\n return\n}");
    CHECK_THROWS_WITH(f.machine().run("g", {}), Catch::Contains("%g"));
    CHECK_THROWS_WITH(f.run({}), Catch::Contains("do not fit %f"));
    CHECK_THROWS_WITH(f.run({data_value::i64(1)}), Catch::Contains("do not fit %f"));
    std::array<std::byte, 16> memory{};
    f.machine().memory().add(memory);
    CHECK_THROWS_WITH(f.machine().memory().add(std::span(memory).subspan(4, 4)),
                      Catch::Contains("registered already"));
}

TEST_CASE("a global that is loaded heeds its own flags, and traps as a load does") {
    program f(R"(
function %f(i64 vmctx) -> i32 {
    gv0 = vmctx
    gv1 = load.i32 big gv0+4
block0(v0: i64):
    v1 = global_value.i32 gv1
    return v1
})");
    std::array<std::byte, 8> memory{};
    memory[7] = std::byte{3};
    f.machine().memory().add(memory);
    const auto at = data_value::i64(reinterpret_cast<std::uintptr_t>(memory.data()));
    CHECK(f.run({at}).results == std::vector{data_value::i32(3)});
    CHECK(f.run({data_value::i64(8)}).trap->code == trap_code::heap_out_of_bounds);
}
