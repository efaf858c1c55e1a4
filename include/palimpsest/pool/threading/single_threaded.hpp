// SPDX-License-Identifier: Apache-2.0
// For pools that only one thread uses: no locks, and one list of free slots.
#pragma once

#include <cstddef>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::reuse {

/// Omits all locks. Choose it only if a single thread acquires, releases and runs all slots of the
/// pool; the pool is then not thread-safe.
struct single_threaded {
    using role = roles::threading;

    /// Locks nothing.
    struct mutex {
        static constexpr void lock() noexcept {}
        static constexpr void unlock() noexcept {}
    };

    static constexpr std::size_t shards(std::size_t) noexcept { return 1; }
    static constexpr std::size_t home(std::size_t) noexcept { return 0; }
};

}  // namespace palimpsest::reuse
