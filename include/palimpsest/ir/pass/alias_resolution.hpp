// SPDX-License-Identifier: Apache-2.0
// Makes every use name the value that it ultimately stands for, and drops the aliases. Linear,
// however long their chains are. Run it after passes that make aliases, so that the next one does
// not walk the chains at each use.
#pragma once

#include <cstddef>
#include <palimpsest/ir/function.hpp>
#include <span>

namespace palimpsest::pass {

/// The pass that replaces aliases by the values they stand for. Put it into a pipeline after passes
/// that make aliases. Takes time linear in the function.
template <class = void>
struct basic_alias_resolution {
    bool operator()(ir::function& of) const {
        bool changed = false;
        const auto rewrite = [&](std::span<ir::value> all) {
            for (auto& one : all) one = of.resolve_shortening(one);
        };
        for (const auto in : of.blocks())
            for (const auto one : of.instructions(in)) {
                rewrite(of.arguments(one));
                for (const auto& target : of.targets(one)) rewrite(of.arguments(target));
            }
        for (std::size_t number = 0; number < of.value_count(); ++number) {
            if (of[ir::value(number)].is != ir::value_data::kind::alias) continue;
            of.forget(ir::value(number));
            changed = true;
        }
        return changed;
    }
};
using alias_resolution = basic_alias_resolution<>;

}  // namespace palimpsest::pass
