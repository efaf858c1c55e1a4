// SPDX-License-Identifier: Apache-2.0
// How many calls by name are left.
#pragma once

#include <palimpsest/ir/module.hpp>

#include <cstddef>

namespace palimpsest::test {

inline std::size_t calls_in(const ir::function& of) {
    std::size_t count = 0;
    for (const auto in : of.blocks())
        for (const auto call : of.call_sites(in)) count += call ? 1 : 0;
    return count;
}
inline std::size_t calls_in(const ir::module& of) {
    std::size_t count = 0;
    for (const auto& one : of.functions) count += calls_in(one);
    return count;
}

}  // namespace palimpsest::test
