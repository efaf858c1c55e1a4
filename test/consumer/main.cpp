// SPDX-License-Identifier: Apache-2.0
// A program that uses the library: a page written by one tenant reads as zero for the next.

#include <palimpsest/pool.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <span>

namespace ps = palimpsest;
using namespace ps::literals;

int main() {
    // There is only one slot, so that the second tenant gets the first one's.
    ps::instance_pool<> pool{{.slots = 1, .memory = {.maximum = 1_MiB}}};
    const ps::image image = ps::image::zeroed(64_KiB);

    {
        auto slot = pool.acquire(image);
        if (!slot) {
            std::puts("the pool is empty");
            return 1;
        }
        std::span<std::byte> memory = slot->memory(0).bytes();
        std::fill(memory.begin(), memory.end(), std::byte{42});
    }

    auto slot = pool.acquire(image);
    if (!slot) {
        std::puts("the slot did not come back");
        return 1;
    }
    std::span<const std::byte> memory = slot->memory(0).bytes();
    if (memory.size() != 64_KiB) {
        std::puts("the memory has not the size of the image");
        return 1;
    }
    if (std::any_of(memory.begin(), memory.end(),
                    [](std::byte byte) { return byte != std::byte{}; })) {
        std::puts("the second tenant reads what the first one wrote");
        return 1;
    }
    std::puts("clean");
}
