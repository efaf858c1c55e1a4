// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/semantics/operations.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <random>

namespace ir = palimpsest::ir;
using ir::opcode;
using ir::trap_code;
using ir::type;

namespace {

struct operation_data {
    opcode code{};
    ir::type type = type::i32;
    ir::type source = type::i32;
    std::uint8_t condition = 0;
    std::uint64_t immediate = 0;
    trap_code trap = trap_code::user(7);
};

/// An operation alone, with numbers for operands.
struct lone_frame {
    const operation_data* at = nullptr;
    std::array<std::uint64_t, 3> operands{};
    std::uint64_t result = 0;
    std::uint64_t second_result = 0;
    unsigned given = 0;

    std::uint64_t first() const { return operands[0]; }
    std::uint64_t second() const { return operands[1]; }
    std::uint64_t third() const { return operands[2]; }
    void give(std::uint64_t bits) {
        result = bits;
        ++given;
    }
    void give_second(std::uint64_t bits) {
        second_result = bits;
        ++given;
    }
};

}  // namespace

TEST_CASE("what needs only its operands is run, and nothing else") {
    for (std::size_t place = 0; place < ir::opcode_descriptions.size(); ++place) {
        const auto& is = ir::opcode_descriptions[place];
        const operation_data data{.code = static_cast<opcode>(place), .immediate = 3};
        lone_frame frame{.at = &data, .operands = {9, 3, 1}};
        (void)ir::semantics::run_operation(frame);
        INFO(is.name);
        CHECK(frame.given == (ir::semantics::needs_only_operands(data.code) ? is.result_count : 0));
    }
}

TEST_CASE("an operation gives its results, or how it traps") {
    const auto run = [](operation_data data, std::array<std::uint64_t, 3> operands) {
        lone_frame frame{.at = &data, .operands = operands};
        const auto trap = ir::semantics::run_operation(frame);
        return std::tuple(trap, frame.result, frame.second_result);
    };
    const std::optional<trap_code> none;
    CHECK(run({.code = opcode::iadd, .type = type::i8}, {255, 2, 0}) == std::tuple(none, 1, 0));
    CHECK(run({.code = opcode::uadd_overflow, .type = type::i8}, {255, 2, 0}) ==
          std::tuple(none, 1, 1));
    CHECK(run({.code = opcode::sdiv_imm, .immediate = ~std::uint64_t{0}}, {8, 0, 0}) ==
          std::tuple(none, 0xffff'fff8, 0));
    CHECK(run({.code = opcode::sdiv}, {0x8000'0000, 0xffff'ffff, 0}) ==
          std::tuple(trap_code::integer_overflow, 0, 0));
    CHECK(run({.code = opcode::srem}, {0x8000'0000, 0xffff'ffff, 0}) == std::tuple(none, 0, 0));
    CHECK(run({.code = opcode::trapz}, {0, 0, 0}) == std::tuple(trap_code::user(7), 0, 0));
    CHECK(run({.code = opcode::trapz}, {1, 0, 0}) == std::tuple(none, 0, 0));
}

TEST_CASE("floats are computed by way of double without a difference") {
    std::mt19937 random(20);
    const auto result = [](opcode code, float one, float other) {
        const operation_data data{.code = code, .type = type::f32, .source = type::f32};
        lone_frame frame{
            .at = &data,
            .operands = {std::bit_cast<std::uint32_t>(one), std::bit_cast<std::uint32_t>(other)}};
        (void)ir::semantics::run_operation(frame);
        return frame.result;
    };
    std::size_t wrong = 0;
    const auto check = [&](opcode code, float one, float other, float wanted) {
        if (wanted == wanted)
            wrong += result(code, one, other) != std::bit_cast<std::uint32_t>(wanted) ? 1 : 0;
    };
    for (int step = 0; step < 200'000; ++step) {
        auto bits = static_cast<std::uint32_t>(random());
        const auto one = std::bit_cast<float>(bits);
        // Often of about the same size, or such that the result is as small as a number can be.
        bits = static_cast<std::uint32_t>(random());
        if (step % 3 == 1)
            bits = (bits & 0x807f'ffffU) | (std::bit_cast<std::uint32_t>(one) & 0x7f80'0000U);
        if (step % 3 == 2)
            bits = (bits & 0x807f'ffffU) |
                   0x0080'0000U * (254 - (std::bit_cast<std::uint32_t>(one) >> 23U & 0xffU) % 254);
        const auto other = std::bit_cast<float>(bits);
        check(opcode::fadd, one, other, one + other);
        check(opcode::fsub, one, other, one - other);
        check(opcode::fmul, one, other, one * other);
        check(opcode::fdiv, one, other, one / other);
        check(opcode::sqrt, one, other, std::sqrt(one));
        check(opcode::nearest, one, other, std::nearbyint(one));
        check(opcode::ceil, one, other, std::ceil(one));
    }
    CHECK(wrong == 0);
}
