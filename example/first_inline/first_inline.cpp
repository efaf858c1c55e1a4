// SPDX-License-Identifier: Apache-2.0
// The smallest inliner: CLIF in, your own decision, CLIF out.

#include <cstdio>
#include <palimpsest/inline/inliner.hpp>
#include <palimpsest/ir/pass/standard.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <palimpsest/ir/text/reader.hpp>

namespace ps = palimpsest;

int main() {
    ps::ir::module code = ps::ir::text::read_module(R"(
function %square(i32) -> i32 {
block0(v0: i32):
    v1 = imul v0, v0
    return v1
}
function %area() -> i32 {
    fn0 = %square(i32) -> i32
block0:
    v0 = iconst.i32 7
    v1 = call fn0(v0)
    return v1
})");
    // A decision sees the call site: sizes, loops, constants, modules. Here bodies of five
    // instructions or fewer replace their calls.
    const auto decide = [](const ps::inlining::call_site& call) { return call.callee_size <= 5; };
    ps::inlining::inliner<decltype(decide), ps::pass::standard> inliner(decide);
    const auto summary = inliner(code);
    std::printf("%zu call inlined\n%s", summary.inlined, ps::ir::text::print(code).c_str());
    return summary.inlined == 1 ? 0 : 1;
}
