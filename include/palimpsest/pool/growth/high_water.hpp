// SPDX-License-Identifier: Apache-2.0
// What was once made accessible stays so. For engines that check each access against the size:
// growing below the high-water mark is no system call, and the reset makes none either.
#pragma once

#include <cstddef>
#include <palimpsest/pool/role.hpp>

namespace palimpsest::growth {

struct high_water {
    using role = role::growth;

    template <class Memory>
    static bool grow(Memory& memory, std::size_t wanted) noexcept {
        return memory.accessible() >= wanted || memory.open_to(wanted);
    }

    template <class Memory>
    static bool put_back(Memory&, std::size_t) noexcept {
        return true;
    }
};

}  // namespace palimpsest::growth
