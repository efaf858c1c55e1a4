// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type = ps::instance_pool<ps::dirty::reported, ps::budget::per_instance<64_KiB>,
                                    ps::budget::idle_cap<128_KiB>, ps::observe::counters>;

ps::pool_limits one_slot() {
    return {.slots = 1,
            .memory = {.maximum = 1_MiB},
            .tables = 1,
            .table_elements = 10,
            .state = 4_KiB};
}

/// Writes, and says so.
template <class Slot>
void write(const Slot& slot, std::span<std::byte> bytes) {
    std::fill(bytes.begin(), bytes.end(), std::byte{7});
    slot.written(bytes.data(), bytes.size());
}

}  // namespace

TEST_CASE("reported: the pages of each reported write are restored, and no others") {
    pool_type pool(one_slot());
    const auto contents = test::pattern(test::pages(40));
    const auto image = ps::image::from_bytes(contents);
    {
        const auto slot = pool.acquire(image);
        const auto memory = slot->memory(0).bytes();
        write(*slot, memory.subspan(100, 1));
        write(*slot, memory.subspan(200, 1));                 // the same page
        write(*slot, memory.subspan(test::pages(8) - 1, 2));  // across a boundary
        write(*slot, slot->state().bytes().first(8));
        write(*slot, slot->table(0).bytes().first(8));
    }
    CHECK(pool.observer().snapshot().pages_restored == 5);
    const auto slot = pool.acquire(image);
    CHECK(test::equal(slot->memory(0).bytes(), contents));
    CHECK(test::is_zero(slot->state().bytes()));
    CHECK(test::is_zero(slot->table(0).bytes()));
}

TEST_CASE("reported: a reset within the budget makes no system call") {
    pool_type pool(one_slot());
    const auto image = ps::image::zeroed(test::pages(40));
    const auto run = [&] {
        const auto slot = pool.acquire(image);
        write(*slot, slot->memory(0).bytes().subspan(test::pages(3), 1));
    };
    run();
    const auto before = pool.observer().snapshot().system_calls;
    for (int tenant = 0; tenant < 5; ++tenant) run();
    CHECK(pool.observer().snapshot().system_calls == before);
    CHECK(pool.observer().snapshot().pages_restored == 6);
}

TEST_CASE("reported: what was reported above the budget is given back") {
    pool_type pool(one_slot());
    const auto image = ps::image::zeroed(test::pages(40));
    {
        const auto slot = pool.acquire(image);
        write(*slot, slot->memory(0).bytes());
    }
    CHECK(pool.observer().snapshot().pages_restored == 16);
    CHECK(pool.observer().snapshot().bytes_decommitted == test::pages(24));
    CHECK(test::is_zero(pool.acquire(image)->memory(0).bytes()));
}

TEST_CASE("reported: a slot whose tenants each write other pages stays below the idle cap") {
    pool_type pool(one_slot());
    const auto image = ps::image::zeroed(test::pages(60));
    for (std::size_t first = 0; first < 60; first += 15) {
        const auto slot = pool.acquire(image);
        write(*slot, slot->memory(0).bytes().subspan(test::pages(first), test::pages(15)));
    }
    // The third tenant brings the slot to 45 pages, above the 32 of the cap.
    CHECK(pool.observer().snapshot().bytes_decommitted > 0);
    CHECK(test::is_zero(pool.acquire(image)->memory(0).bytes()));
}

TEST_CASE("reported: a report of bytes outside of the slot does no harm") {
    pool_type pool(one_slot());
    const auto image = ps::image::zeroed(test::pages(4));
    {
        const auto slot = pool.acquire(image);
        const auto memory = slot->memory(0);
        slot->written(memory.data() + memory.maximum() - 1, 100);
        slot->written(slot->state().data() - 1, 2);
    }
    CHECK(pool.observer().snapshot().resets == 1);
}

TEST_CASE("reported: what is reported of guards is passed over") {
    ps::instance_pool<ps::dirty::reported> pool(
        {.slots = 1, .memories = 2, .memory = {.maximum = 64_KiB, .guard = 64_KiB}});
    ps::image::builder builder;
    const auto image = builder.memory(0, {}, 64_KiB).memory(1, {}, 64_KiB).build();
    {
        const auto slot = pool.acquire(image);
        const auto first = slot->memory(0).bytes();
        const auto second = slot->memory(1).bytes();
        first.back() = second.front() = std::byte{9};
        slot->written(&first.back(), static_cast<std::size_t>(second.data() - &first.back()) + 1);
    }
    const auto slot = pool.acquire(image);
    CHECK(slot->memory(0).bytes().back() == std::byte{0});
    CHECK(slot->memory(1).bytes().front() == std::byte{0});
}

TEST_CASE("reported: pages beyond what is accessible are not restored, now or later") {
    pool_type pool(one_slot());
    const auto image = ps::image::zeroed(test::pages(4));
    for (int tenant = 0; tenant < 3; ++tenant) {
        const auto slot = pool.acquire(image);
        const auto memory = slot->memory(0);
        slot->written(memory.data() + test::pages(2), test::pages(10));
    }
    CHECK(pool.observer().snapshot().pages_restored == 2 * 3);
    {
        const auto slot = pool.acquire(image);
        REQUIRE(slot->memory(0).grow(test::pages(20)));
        CHECK(test::is_zero(slot->memory(0).bytes()));
    }
    CHECK(pool.observer().snapshot().pages_restored == 2 * 3);
    CHECK(pool.observer().snapshot().bytes_decommitted == 0);
}
