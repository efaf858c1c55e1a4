// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/pass/alias_resolution.hpp>

#include <range/v3/algorithm/all_of.hpp>

#include "passed.hpp"

namespace ir = palimpsest::ir;
namespace pass = palimpsest::pass;
namespace test = palimpsest::test;

TEST_CASE("uses name what aliases stand for, and the aliases go") {
    CHECK(test::after<pass::alias_resolution>("v3 -> v0\nv4 -> v3\nv5 = iadd v4, v3\nv6 -> v5\n"
                                              "brif v3, block1(v6), block1(v4)\n"
                                              "block1(v7: i32):\nv8 -> v7\nreturn v8\n") ==
          "v5 = iadd v0, v0\nbrif v0, block1(v5), block1(v0)\nblock1(v7: i32):\nreturn v7\n");
}

TEST_CASE("a function without aliases is left as it is") {
    auto of = ir::text::read_function("function %f(i32) -> i32 {\nblock0(v0: i32):\nreturn v0\n}");
    CHECK_FALSE(test::pass_checked<pass::alias_resolution>(of));
}

TEST_CASE("a long chain of aliases is walked once, whatever uses it") {
    ir::function of;
    of.name = "f";
    const auto in = of.append_block();
    const auto result = [&](ir::opcode code, std::initializer_list<ir::value> arguments) {
        ir::instruction data;
        data.code = code;
        data.type = ir::type::i32;
        data.arguments = of.add_values(arguments);
        return of.append_result(of.append(in, data), ir::type::i32);
    };
    const auto first = result(ir::opcode::iconst, {});
    constexpr std::size_t count = 200'000;
    std::vector<ir::value> names;
    for (std::size_t number = 0; number < count; ++number)
        names.push_back(result(ir::opcode::ineg, {first}));
    for (const auto name : names) result(ir::opcode::ineg, {name});
    auto target = first;
    for (const auto name : names) {
        of.make_alias(name, target);
        target = name;
    }
    // Half of count squared steps would take some ten seconds.
    CHECK(pass::alias_resolution{}(of));
    CHECK(ranges::all_of(of.instructions(in), [&](ir::inst one) {
        return ranges::all_of(of.arguments(one), [&](ir::value used) { return used == first; });
    }));
}
