// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/accessible.hpp"
#include "support/kernel.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

// dirty::reported makes no system call of its own.
using silent_pool =
    ps::instance_pool<ps::growth::high_water, ps::dirty::reported, ps::observe::counters>;

ps::pool_limits one_slot() { return {.slots = 1, .memory = {.maximum = 1_MiB, .guard = 64_KiB}}; }

}  // namespace

TEST_CASE("high_water: growing and resetting make no system call in the steady state") {
    silent_pool pool(one_slot());
    const auto image = ps::image::from_bytes(test::pattern(test::pages(4)));
    const auto run = [&](std::size_t grown) {
        const auto slot = pool.acquire(image);
        const auto memory = slot->memory(0);
        CHECK(memory.size() == test::pages(4));
        CHECK(memory.grow(test::pages(grown)) == test::pages(4));
        CHECK(test::is_zero(memory.bytes().subspan(test::pages(4))));
        test::write_pages(memory.bytes(), 0, 4 + grown);
        slot->written(memory.data(), memory.size());
    };
    run(20);
    const auto before = pool.observer().snapshot().system_calls;
    for (const std::size_t grown : {20U, 3U, 20U, 1U}) run(grown);
    CHECK(pool.observer().snapshot().system_calls == before);
    run(21);
    CHECK(pool.observer().snapshot().system_calls == before + 1);
}

TEST_CASE("high_water: what was once made accessible stays so, and is clean") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    ps::instance_pool<ps::growth::high_water, ps::observe::counters> pool(one_slot());
    const auto image = ps::image::from_bytes(test::pattern(test::pages(4)));
    {
        const auto slot = pool.acquire(image);
        REQUIRE(slot->memory(0).grow(test::pages(10)));
        test::write_pages(slot->memory(0).bytes(), 0, 14);
    }
    const auto slot = pool.acquire(image);
    const auto memory = slot->memory(0);
    CHECK(memory.size() == test::pages(4));
    CHECK(test::accessible(memory.data() + test::pages(14) - 1));
    CHECK_FALSE(test::accessible(memory.data() + test::pages(14)));
    // An unchecked guest could reach it.
    CHECK(test::is_zero({memory.data() + test::pages(4), test::pages(10)}));
}

TEST_CASE("high_water: a write beyond the size, which an engine let through, is undone") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    ps::instance_pool<ps::growth::high_water, ps::observe::counters> pool(one_slot());
    const auto image = ps::image::from_bytes(test::pattern(test::pages(4)));
    { REQUIRE(pool.acquire(image)->memory(0).grow(test::pages(10))); }
    {
        const auto slot = pool.acquire(image);
        slot->memory(0).data()[test::pages(12)] = std::byte{1};
    }
    const auto slot = pool.acquire(image);
    REQUIRE(slot->memory(0).grow(test::pages(10)));
    CHECK(test::is_zero(slot->memory(0).bytes().subspan(test::pages(4))));
}
