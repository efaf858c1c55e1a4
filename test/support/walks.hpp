// SPDX-License-Identifier: Apache-2.0
// Walks over whole functions, as views to build pipelines on.
#pragma once

#include <palimpsest/ir/function.hpp>

#include <range/v3/view/for_each.hpp>

namespace palimpsest::test {

/// All instructions, block by block. The function must outlive the view.
inline auto all_instructions(const ir::function& of) {
    return of.blocks() |
           ranges::views::for_each([&of](ir::block in) { return of.instructions(in); });
}
/// All calls by name, block by block. The function must outlive the view.
inline auto all_call_sites(const ir::function& of) {
    return of.blocks() | ranges::views::for_each([&of](ir::block in) { return of.call_sites(in); });
}

}  // namespace palimpsest::test
