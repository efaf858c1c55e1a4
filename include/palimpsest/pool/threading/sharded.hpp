// SPDX-License-Identifier: Apache-2.0
// Keeps free slots in as many lists as there are processors, 16 at most, each with a lock. A thread
// uses its own list while that has a suitable slot, and otherwise looks in the others. The default.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <palimpsest/os/mutex.hpp>
#include <palimpsest/pool/detail/thread_number.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::reuse {

/// Lets many threads use the pool: free slots are kept in one list per processor (at most 16). A
/// thread locks its own list, and the others only if its own has no suitable slot. The default.
struct sharded {
    using role = roles::threading;
    using mutex = os::mutex;

    /// The number of lists: one per processor, but no more than there are slots, and at most 16,
    /// since each list costs some bytes per slot.
    static std::size_t shards(std::size_t slots) noexcept {
        const auto processors = ::sysconf(_SC_NPROCESSORS_ONLN);
        const auto wanted = processors > 0 ? static_cast<std::size_t>(processors) : 1;
        return std::min({wanted, slots, std::size_t{16}});
    }
    /// The number of the calling thread's own list.
    static std::size_t home(std::size_t shards) noexcept {
        return static_cast<std::size_t>(detail::thread_number()) % shards;
    }
};

}  // namespace palimpsest::reuse
