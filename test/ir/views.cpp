// SPDX-License-Identifier: Apache-2.0
// Blocks, instructions and call sites are views, to range-v3 as well.

#include <palimpsest/ir/text/reader.hpp>

#include <catch2/catch.hpp>
#include <range/v3/algorithm/count_if.hpp>
#include <range/v3/range/concepts.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/filter.hpp>
#include <range/v3/view/for_each.hpp>
#include <range/v3/view/transform.hpp>

#include <iterator>
#include <vector>

namespace ir = palimpsest::ir;
namespace views = ranges::views;

namespace {

const ir::function& subject() {
    static const auto made = ir::text::read_function(R"(
function %f(i32) -> i32 {
    fn0 = %g(i32) -> i32
block0(v0: i32):
    v1 = call fn0(v0)
    v2 = iadd v0, v1
    v3 = call fn0(v2)
    jump block2
block1:
    trap user1
block2:
    return_call fn0(v3)
})");
    return made;
}

}  // namespace

TEST_CASE("blocks, instructions and call sites are forward views, cheap to copy") {
    using blocks = decltype(subject().blocks());
    using instructions = decltype(subject().instructions(ir::block()));
    using call_sites = decltype(subject().call_sites(ir::block()));
    STATIC_REQUIRE(ranges::forward_range<blocks> && ranges::view_<blocks>);
    STATIC_REQUIRE(ranges::forward_range<instructions> && ranges::view_<instructions>);
    STATIC_REQUIRE(ranges::forward_range<call_sites> && ranges::view_<call_sites>);
    STATIC_REQUIRE(std::forward_iterator<decltype(subject().blocks().begin())>);
}

TEST_CASE("views of a function are combined like any others") {
    const auto& f = subject();
    const auto is_cold_trap = [&](ir::block one) {
        return f[f.last(one)].code == ir::opcode::trap;
    };
    const auto traps = f.blocks() | views::filter(is_cold_trap) | ranges::to<std::vector>();
    CHECK(traps == std::vector{ir::block(1)});
    const auto codes =
        f.blocks() | views::for_each([&](ir::block one) { return f.instructions(one); }) |
        views::transform([&](ir::inst one) { return f[one].code; }) | ranges::to<std::vector>();
    CHECK(codes == std::vector{ir::opcode::call, ir::opcode::iadd, ir::opcode::call,
                               ir::opcode::jump, ir::opcode::trap, ir::opcode::return_call});
}

TEST_CASE("call sites are the calls by name, tail calls too, in their order") {
    const auto& f = subject();
    std::vector<ir::inst> made;
    for (const auto in : f.blocks())
        for (const auto call : f.call_sites(in)) made.push_back(call);
    CHECK(made == std::vector{ir::inst(0), ir::inst(2), ir::inst(5)});
    CHECK(f.call_sites(ir::block(1)).empty());
}
