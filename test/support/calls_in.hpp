// SPDX-License-Identifier: Apache-2.0
// How many calls by name are left.
#pragma once

#include <palimpsest/ir/module.hpp>

#include <range/v3/iterator/operations.hpp>
#include <range/v3/numeric/accumulate.hpp>

#include <cstddef>

#include "support/walks.hpp"

namespace palimpsest::test {

inline std::size_t calls_in(const ir::function& of) {
    return static_cast<std::size_t>(ranges::distance(all_call_sites(of)));
}
inline std::size_t calls_in(const ir::module& of) {
    return ranges::accumulate(of.functions, std::size_t{0}, {},
                              [](const ir::function& one) { return calls_in(one); });
}

}  // namespace palimpsest::test
