// SPDX-License-Identifier: Apache-2.0
// Any modules are linked, or refused with one of the library's own errors. What is linked is
// well-formed, before and after inlining; no guest calls an intrinsic, and no module calls
// another's private function.
//
// Lines that begin with @ say what the text after them is:
//
//     @guest NAME, @host NAME          the module that it belongs to
//     @import LOCAL MODULE NAME, @export FUNCTION NAME, @state, of this module
//     @take MODULE NAME, @give NUMBER NAME             a memory that it imports or exports;
//                                                      the number has so many characters
//     @closed, @root NAME              of linking

#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/inline.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "require.hpp"

namespace builtin = palimpsest::builtin;
namespace inlining = palimpsest::inlining;
namespace ir = palimpsest::ir;
namespace linking = palimpsest::linking;
namespace test = palimpsest::test;

namespace {

struct input {
    std::vector<linking::module> modules;
    std::vector<std::string> texts;
    linking::link_options options;
};

/// The next word of a line, up to a space.
std::string take_word(std::string_view& line) {
    const auto end = line.find(' ');
    const std::string made(line.substr(0, end));
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    return made;
}

void take_command(std::string_view line, input& to) {
    const auto memory = linking::entity_type::memory({});
    const auto word = take_word(line);
    if (word == "@guest" || word == "@host") {
        const auto kind =
            word == "@host" ? linking::module_kind::builtin : linking::module_kind::guest;
        to.modules.push_back({take_word(line), kind});
        to.texts.emplace_back();
    } else if (word == "@closed") {
        to.options.closed = true;
    } else if (word == "@root") {
        to.options.roots.push_back(take_word(line));
    } else if (!to.modules.empty() && word == "@import") {
        const std::array all{take_word(line), take_word(line), take_word(line)};
        to.modules.back().imports.push_back({all[1], all[2], all[0]});
    } else if (!to.modules.empty() && word == "@export") {
        const std::array all{take_word(line), take_word(line)};
        to.modules.back().exports.push_back({all[1], all[0]});
    } else if (!to.modules.empty() && word == "@take") {
        const std::array all{take_word(line), take_word(line)};
        to.modules.back().imports.push_back({all[0], all[1], {}, memory});
    } else if (!to.modules.empty() && word == "@give") {
        const std::array all{take_word(line), take_word(line)};
        to.modules.back().exports.push_back(
            linking::export_::entity(all[1], linking::entity_kind::memory, all[0].size()));
    } else if (!to.modules.empty() && word == "@state") {
        to.modules.back().state.push_back(memory);
        to.modules.back().state.push_back(
            linking::entity_type::global(linking::value_type::i32, true));
    }
}

input read_input(std::string_view text) {
    input made;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(line.size() == text.size() ? text.size() : line.size() + 1);
        if (line.starts_with('@'))
            take_command(line, made);
        else if (!made.texts.empty())
            made.texts.back().append(line).append("\n");
    }
    for (std::size_t number = 0; number < made.modules.size(); ++number)
        made.modules[number].code = ir::text::read_module(made.texts[number]);
    return made;
}

void require_well_formed(const linking::program& of) {
    for (const auto& one : ir::verify(of.code)) test::require(false, one.text.c_str());
    const auto printed = ir::text::print(of.code);
    try {
        test::require(ir::text::print(ir::text::read_module(printed)) == printed,
                      "it prints otherwise", printed);
    } catch (const ir::text::error& refused) {
        test::require(false, refused.what(), printed);
    }
}

/// Requires that what a module's memories lead to exists.
void require_entities(const linking::program& of) {
    for (const auto& module : of.modules)
        for (const auto& one : module.memories)
            test::require(one.number < (one.is_open ? of.open_entities.size() : of.entities.size()),
                          "a memory leads nowhere");
}

/// Requires that names in the program say whose function it is.
void require_separate(const linking::program& of, const input& given) {
    for (std::size_t number = 0; number < of.code.functions.size(); ++number) {
        const auto module = of.facts[number].module;
        if (module >= given.modules.size()) continue;  // the intrinsics
        const auto& mine = given.modules[module];
        for (const auto& callee : of.code.functions[number].functions) {
            const bool intrinsic = callee.name.starts_with("intrinsics/");
            test::require(!intrinsic || mine.kind == linking::module_kind::builtin,
                          "a guest calls an intrinsic", callee.name);
            const bool exists = of.code.find(callee.name) != nullptr;
            const auto is_private = callee.name.find("//") != std::string::npos;
            test::require(!exists || !is_private || callee.name.starts_with(mine.name + "//"),
                          "a private function is called from another module", callee.name);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    try {
        const auto given = read_input({reinterpret_cast<const char*>(bytes), size});
        auto linked = builtin::link(given.modules, given.options);
        require_well_formed(linked);
        require_separate(linked, given);
        require_entities(linked);
        inlining::inliner<palimpsest::decide::revisit<palimpsest::decide::always>,
                          palimpsest::pass::standard>
            inliner({}, {.instructions = 2'000});
        inliner(linked);
        require_well_formed(linked);
    } catch (const ir::text::error&) {
    } catch (const linking::link_error&) {
    }
    return 0;
}
