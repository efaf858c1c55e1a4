// SPDX-License-Identifier: Apache-2.0
// The ways to provide slots that `serve` compares. Each is a type with
//
//   name                 what the command line calls it
//   slot, image
//   acquire(image)       -> optional<slot>, empty if all are in use
//   locate(address)      -> optional<location>
#pragma once

#include <array>
#include <cstddef>
#include <palimpsest/pool.hpp>
#include <string_view>
#include <tuple>

#include "on_demand.hpp"

namespace serve {

namespace ps = palimpsest;

/// Gives every page back to the kernel after each request: what pooling runtimes do by default.
struct decommit : ps::instance_pool<ps::reset::decommit> {
    static constexpr std::string_view name = "decommit";
    using instance_pool::instance_pool;
};

/// Finds the pages that the request wrote, and copies the image over them.
struct restore : ps::instance_pool<ps::dirty::pagemap_scan, ps::reset::restore> {
    static constexpr std::string_view name = "restore";
    using instance_pool::instance_pool;
};

/// The same, but knows without a scan if no page came in. Right for serve: a request stays on the
/// thread that acquired its slot.
struct gated
    : ps::instance_pool<ps::dirty::fault_gate<ps::dirty::pagemap_scan>, ps::reset::restore> {
    static constexpr std::string_view name = "gated";
    using instance_pool::instance_pool;
};

template <class... Compositions>
struct composition_list {
    static constexpr std::size_t count = sizeof...(Compositions);
    static constexpr std::array<std::string_view, count> names{Compositions::name...};
    template <template <class> class Wrapper>
    using wrapped = std::tuple<Wrapper<Compositions>...>;

    /// Calls `function.template operator()<Composition>()` for each.
    static void for_each(auto&& function) { (function.template operator()<Compositions>(), ...); }
};

using all_compositions = composition_list<decommit, restore, gated, on_demand>;

/// The baseline that the others are compared with.
inline constexpr std::string_view baseline = decommit::name;

}  // namespace serve
