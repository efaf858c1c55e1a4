// SPDX-License-Identifier: Apache-2.0
// What a pass makes of a function, and whether the function still does the same.
#pragma once

#include <catch2/catch.hpp>
#include <palimpsest/ir/interpreter/interpreter.hpp>
#include <palimpsest/ir/pass/alias_resolution.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <palimpsest/ir/verifier.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::test {

/// Everything observable about a run.
struct seen_run {
    std::vector<ir::data_value> results;
    std::optional<ir::trap_code> trap;
    std::array<std::byte, 64> memory{};

    friend bool operator==(const seen_run&, const seen_run&) = default;
};

/// A parameter of purpose vmctx is the address of 64 bytes of memory; the others get `argument`.
inline seen_run run(const ir::function& of, const std::vector<std::uint64_t>& arguments,
                    std::array<std::byte, 64>& memory) {
    ir::module all;
    all.functions.push_back(of);
    ir::interpreter<> machine(all, {.stack_bytes = 256, .fuel = 5'000});
    machine.memory().add(memory);
    memory.fill(std::byte{0x5a});
    std::vector<ir::data_value> given;
    std::size_t place = 0;
    for (const auto& one : of.signature.parameters)
        given.push_back(
            ir::data_value::of(one.type, one.purpose == ir::parameter_purpose::vmctx
                                             ? reinterpret_cast<std::uintptr_t>(memory.data())
                                             : arguments.at(place++)));
    const auto outcome = machine.run(of.name, given);
    seen_run made{outcome.results, {}, memory};
    if (outcome.trap) made.trap = outcome.trap->code;
    return made;
}

inline constexpr std::array<std::uint64_t, 9> telling_numbers{
    0, 1, 2, 7, 31, 0x7fff'ffff, 0x8000'0000, 0xffff'ffff, ~std::uint64_t{0}};

/// Runs both with all pairs of significant numbers.
inline void check_same(const ir::function& before, const ir::function& after) {
    std::array<std::byte, 64> memory;
    for (const auto one : telling_numbers)
        for (const auto other : telling_numbers) {
            const auto expected = run(before, {one, other}, memory);
            if (expected.trap == ir::trap_code::out_of_fuel) continue;
            const bool same = run(after, {one, other}, memory) == expected;
            if (!same) INFO(ir::text::print(before) << ir::text::print(after));
            if (!same) FAIL("it does something else for " << one << ", " << other);
        }
}

inline void check_well_formed(const ir::function& of) {
    const auto problems = ir::verify(of);
    const auto text = ir::text::print(of);
    INFO(text);
    for (const auto& one : problems) FAIL(one.text);
    REQUIRE(ir::text::print(ir::text::read_function(text)) == text);
}

/// Shortening or removing aliases does not count as a change.
inline std::string text_without_aliases(ir::function of) {
    pass::alias_resolution{}(of);
    return ir::text::print(of);
}

/// Whether the pass says that it changed something.
template <class Pass>
bool pass_checked(ir::function& of) {
    const auto before = of;
    const bool changed = Pass{}(of);
    check_well_formed(of);
    check_same(before, of);
    if (!changed) CHECK(text_without_aliases(of) == text_without_aliases(before));
    return changed;
}

/// The blocks of a function of two i32 in block0, v0 and v1, and of memory at v2 (%f), as the pass
/// leaves them; its result is an i32. Slots, globals and so on may stand before the first block.
template <class Pass>
std::string after(const std::string& statements, const std::string& declarations = "") {
    auto of = ir::text::read_function("function %f(i32, i32, i64 vmctx) -> i32 {\n" + declarations +
                                      "block0(v0: i32, v1: i32, v2: i64):\n" + statements + "}\n");
    check_well_formed(of);
    pass_checked<Pass>(of);
    auto text = ir::text::print(of);
    const std::string_view head = "block0(v0: i32, v1: i32, v2: i64):\n";
    text.erase(0, text.find(head) + head.size());
    text.resize(text.size() - 2);
    std::string lines;
    for (std::size_t at = 0; at < text.size();) {  // without indentation and empty lines
        const auto end = text.find('\n', at);
        const auto begin = text.find_first_not_of(' ', at);
        if (begin < end) lines += text.substr(begin, end - begin) + '\n';
        at = end + 1;
    }
    return lines;
}

}  // namespace palimpsest::test
