// SPDX-License-Identifier: Apache-2.0
// Free slots are kept in as many lists as there are processors, each with a lock. A thread uses a
// list of its own while that has what it wants, and looks into the others when not. The default.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <palimpsest/detail/thread_number.hpp>
#include <palimpsest/os/mutex.hpp>
#include <palimpsest/pool/role.hpp>

namespace palimpsest::reuse {

struct sharded {
    using role = role::threading;
    using mutex = os::mutex;

    /// Each list costs some bytes for each slot, so there are no more than 16.
    static std::size_t shards(std::size_t slots) noexcept {
        const auto processors = ::sysconf(_SC_NPROCESSORS_ONLN);
        const auto wanted = processors > 0 ? static_cast<std::size_t>(processors) : 1;
        return std::min({wanted, slots, std::size_t{16}});
    }
    /// The list of the calling thread.
    static std::size_t home(std::size_t shards) noexcept {
        return static_cast<std::size_t>(detail::thread_number()) % shards;
    }
};

}  // namespace palimpsest::reuse
