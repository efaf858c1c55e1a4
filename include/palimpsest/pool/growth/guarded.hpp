// SPDX-License-Identifier: Apache-2.0
// Accesses beyond the size of a memory fault. The default.
//
// Growing makes the new range accessible, and the reset makes it inaccessible again. A guest that
// grows costs a pair of mprotect calls, 2 µs; one that does not grow costs none. The contents of
// the range are restored like the rest, so that growing again finds its pages resident.
#pragma once

#include <cstddef>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::growth {

/// Makes every access beyond the size of a memory fault. Costs two mprotect calls (2 µs) for an
/// instance that grows. The default; choose it for engines that rely on faults instead of bounds
/// checks.
struct guarded {
    using role = roles::growth;

    /// Makes the first `wanted` bytes of the memory, whole pages, accessible; false if the kernel
    /// refuses.
    template <class Memory>
    static bool grow(Memory& memory, std::size_t wanted) noexcept {
        return memory.accessible() >= wanted || memory.open_to(wanted);
    }

    /// Shrinks the memory back to `wanted` bytes, whole pages; false if the kernel refuses.
    template <class Memory>
    static bool put_back(Memory& memory, std::size_t wanted) noexcept {
        return memory.accessible() == wanted || memory.close_to(wanted);
    }
};

}  // namespace palimpsest::growth
