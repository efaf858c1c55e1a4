// SPDX-License-Identifier: Apache-2.0
// Inlining without a decision: what tests of inline_call() apply to whole functions.
#pragma once

#include <cstddef>
#include <palimpsest/inline/adapter/ir_adapter.hpp>
#include <palimpsest/inline/inline_call.hpp>
#include <palimpsest/ir/module.hpp>
#include <range/v3/view/reverse.hpp>
#include <vector>

namespace palimpsest::test {

/// Inlines the calls by name to what `bodies` has, each once; returns their number. The caller must
/// not be one of the bodies (copy them).
inline std::size_t inline_calls(ir::function& caller, const ir::module& bodies) {
    struct site {
        ir::block in;
        ir::inst call;
        const ir::function* callee;
    };
    std::vector<site> sites;
    for (const auto in : caller.blocks())
        for (const auto call : caller.call_sites(in)) {
            const auto& callee = caller.functions[caller[call].as<ir::function_ref>()];
            if (const auto* const body = bodies.find(callee.name))
                sites.push_back({in, call, body});
        }
    inlining::ir_adapter adapter(caller);
    // The last first: code after a call moves to another block, code before it does not.
    for (const auto& [in, call, callee] : sites | ranges::views::reverse)
        inlining::inline_call(adapter, caller, in, call, *callee);
    return sites.size();
}

}  // namespace palimpsest::test
