// SPDX-License-Identifier: Apache-2.0
// Any text is a module or one of the reader's own errors. A well-formed module prints as text that
// reads back as the same module.

#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/text/reader.hpp>
#include <palimpsest/ir/verifier.hpp>
#include <string_view>

#include "../conformance/structure.hpp"
#include "require.hpp"

namespace ir = palimpsest::ir;
namespace test = palimpsest::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    try {
        (void)ir::text::read_file(text);
    } catch (const ir::text::error&) {
    }
    ir::module read;
    try {
        read = ir::text::read_module(text);
    } catch (const ir::text::error&) {
        return 0;
    }
    if (!ir::verify(read).empty()) return 0;
    const auto printed = ir::text::print(read);
    try {
        const auto again = ir::text::read_module(printed);
        test::require(ir::verify(again).empty(), "what was well-formed is not any more", printed);
        test::require(ir::text::print(again) == printed, "it prints otherwise", printed);
        test::require(again.functions.size() == read.functions.size(), "functions are lost",
                      printed);
        for (std::size_t place = 0; place < read.functions.size(); ++place) {
            const auto& before = read.functions[place];
            const auto difference =
                test::structure_comparison(before, again.functions[place]).difference();
            test::require(difference.empty(), difference.c_str(), printed);
        }
    } catch (const ir::text::error& refused) {
        test::require(false, refused.what(), printed);
    }
    return 0;
}
