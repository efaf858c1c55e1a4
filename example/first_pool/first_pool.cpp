// SPDX-License-Identifier: Apache-2.0
// Your first twenty lines with the pool: an image, a slot, a write, and a slot that never saw it.

#include <cstdio>
#include <palimpsest/pool.hpp>
#include <span>
#include <string_view>

namespace ps = palimpsest;
using namespace ps::literals;

int main() {
    // Two instances at the same time, each with one memory of up to 1 MiB.
    ps::instance_pool<> pool{{.slots = 2, .memory = {.maximum = 1_MiB}}};

    // Each instance starts from this: 64 KiB with a greeting at the front.
    const std::string_view greeting = "hello, guest";
    const ps::segment segment{0, std::as_bytes(std::span(greeting))};
    const ps::image image = ps::image::from_segments({&segment, 1}, 64_KiB);

    // The first instance writes over it. At the end of the block its slot is reset and free again.
    if (auto slot = pool.acquire(image)) slot->memory(0).bytes()[0] = std::byte{'J'};

    // The second gets the same slot, warm, and finds the image.
    auto slot = pool.acquire(image);
    const auto found = slot->memory(0).bytes().first(greeting.size());
    std::printf("slot %zu says: %.*s\n", slot->index(), static_cast<int>(found.size()),
                reinterpret_cast<const char*>(found.data()));

    // Exhaustion is a value, not an exception.
    const auto second = pool.acquire(image);
    const auto third = pool.acquire(image);
    std::printf("a third instance finds the pool %s\n", third ? "not exhausted" : "exhausted");
    return found[0] == std::byte{'h'} && second && !third ? 0 : 1;
}
