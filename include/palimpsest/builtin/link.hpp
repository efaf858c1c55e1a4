// SPDX-License-Identifier: Apache-2.0
// Linking with the library's intrinsics.
#pragma once

#include <palimpsest/builtin/intrinsics.hpp>
#include <palimpsest/detail/compile_once.hpp>
#include <palimpsest/link/link.hpp>
#include <palimpsest/link/module.hpp>
#include <palimpsest/link/program.hpp>
#include <span>

namespace palimpsest::builtin {

/// Joins modules into one program, as linking::link() does, and makes the intrinsics available to
/// builtin modules. `options.intrinsics` is ignored.
template <class = void>
linking::program link(std::span<const linking::module> modules,
                      linking::link_options options = {}) {
    const auto own = intrinsics<>();
    options.intrinsics = &own;
    return linking::link(modules, options);
}

PALIMPSEST_COMPILE_ONCE(linking::program link<void>(std::span<const linking::module>,
                                                    linking::link_options));

}  // namespace palimpsest::builtin
