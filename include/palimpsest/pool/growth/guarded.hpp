// SPDX-License-Identifier: Apache-2.0
// An access beyond the size of a memory faults. The default.
//
// Growing makes the new range accessible and the reset makes it inaccessible again: a pair of
// mprotect calls, 2 µs, for a guest that grows; none for one that does not. What the range held is
// restored like the rest, so that growing again finds its pages resident.
#pragma once

#include <cstddef>
#include <palimpsest/pool/role.hpp>

namespace palimpsest::growth {

struct guarded {
    using role = role::growth;

    /// Makes [0, wanted) of the memory accessible; false when the kernel refuses.
    template <class Memory>
    static bool grow(Memory& memory, std::size_t wanted) noexcept {
        return memory.accessible() >= wanted || memory.open_to(wanted);
    }

    /// Puts the memory back to `wanted` bytes, whole pages; false when the kernel refuses.
    template <class Memory>
    static bool put_back(Memory& memory, std::size_t wanted) noexcept {
        return memory.accessible() == wanted || memory.close_to(wanted);
    }
};

}  // namespace palimpsest::growth
