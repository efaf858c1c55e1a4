// SPDX-License-Identifier: Apache-2.0
// Memory that was once made accessible stays accessible. Growing below the high-water mark takes no
// system call, and neither does the reset.
#pragma once

#include <cstddef>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::growth {

/// Leaves a memory accessible up to the largest size that it has had since it was mapped. Choose it
/// only for engines that check each access against the size: an access beyond the size may not
/// fault.
struct high_water {
    using role = roles::growth;

    /// Makes the first `wanted` bytes of the memory, whole pages, accessible; false if the kernel
    /// refuses.
    template <class Memory>
    static bool grow(Memory& memory, std::size_t wanted) noexcept {
        return memory.accessible() >= wanted || memory.open_to(wanted);
    }

    /// Leaves the memory as it is.
    template <class Memory>
    static bool put_back(Memory&, std::size_t) noexcept {
        return true;
    }
};

}  // namespace palimpsest::growth
