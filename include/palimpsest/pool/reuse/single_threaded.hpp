// SPDX-License-Identifier: Apache-2.0
// One thread only acquires, releases and runs: no locks, one list of free slots.
#pragma once

#include <cstddef>
#include <palimpsest/pool/role.hpp>

namespace palimpsest::reuse {

struct single_threaded {
    using role = role::threading;

    struct mutex {
        static constexpr void lock() noexcept {}
        static constexpr void unlock() noexcept {}
    };

    static constexpr std::size_t shards(std::size_t) noexcept { return 1; }
    static constexpr std::size_t home(std::size_t) noexcept { return 0; }
};

}  // namespace palimpsest::reuse
