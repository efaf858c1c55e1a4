// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/opcode.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <string_view>

namespace ir = palimpsest::ir;

TEST_CASE("each operation has a name of its own, by which it is found") {
    std::set<std::string_view> names;
    for (std::size_t place = 0; place < ir::opcode_descriptions.size(); ++place) {
        const auto code = static_cast<ir::opcode>(place);
        names.insert(ir::name(code));
        CHECK(ir::opcode_named(ir::name(code)) == code);
    }
    CHECK(names.size() == ir::opcode_descriptions.size());
    CHECK(ir::name(ir::opcode::return_) == "return");
    CHECK_FALSE(ir::opcode_named("return_"));
    CHECK_FALSE(ir::opcode_named(""));
}

TEST_CASE("the controlling type is told by the first operand that has it") {
    STATIC_REQUIRE(ir::describe(ir::opcode::iadd).telling_operand == 0);
    STATIC_REQUIRE(ir::describe(ir::opcode::select).telling_operand == 1);
    STATIC_REQUIRE(ir::describe(ir::opcode::uextend).telling_operand == -1);
    STATIC_REQUIRE(ir::describe(ir::opcode::uextend).has_controlling_type);
    STATIC_REQUIRE_FALSE(ir::describe(ir::opcode::jump).has_controlling_type);
}

TEST_CASE("constraints say which types they allow") {
    using ir::constraint;
    using ir::type;
    STATIC_REQUIRE(ir::allows(constraint::narrower, type::i32, type::i16));
    STATIC_REQUIRE_FALSE(ir::allows(constraint::narrower, type::i32, type::i32));
    STATIC_REQUIRE_FALSE(ir::allows(constraint::narrower, type::i64, type::f32));
    STATIC_REQUIRE(ir::allows(constraint::wider, type::f32, type::f64));
    STATIC_REQUIRE(ir::allows(constraint::same_size, type::i32, type::f32));
    STATIC_REQUIRE_FALSE(ir::allows(constraint::same_size, type::i32, type::f64));
    STATIC_REQUIRE(ir::allows(constraint::address, type::f64, type::i64));
    STATIC_REQUIRE_FALSE(ir::allows(constraint::address, type::f64, type::i16));
}

TEST_CASE("what ends a block is what goes elsewhere") {
    std::set<std::string_view> ends;
    for (const auto& one : ir::opcode_descriptions)
        if ((one.effects & ir::effect::ends) != 0) ends.insert(one.name);
    CHECK(ends == std::set<std::string_view>{"jump", "brif", "br_table", "return", "trap",
                                             "return_call", "return_call_indirect"});
}
