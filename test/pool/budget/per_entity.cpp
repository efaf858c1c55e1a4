// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/failing_system.hpp"
#include "support/kernel.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type = ps::instance_pool<ps::budget::per_entity<16_KiB>, ps::observe::counters>;

ps::pool_limits one_slot() {
    return {.slots = 1,
            .memories = 2,
            .memory = {.maximum = 1_MiB, .guard = 64_KiB},
            .tables = 2,
            .table_elements = 5'120,
            .state = 8_KiB};
}

ps::image make_image() {
    ps::image::builder builder;
    builder.memory(0, {}, test::pages(30)).memory(1, {}, test::pages(30));
    return builder.build();
}

}  // namespace

TEST_CASE("per_entity: the state, each table and each memory restore as much") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = make_image();
    {
        const auto slot = pool.acquire(image);
        test::write_pages(slot->state().bytes(), 0, 2);
        for (const std::size_t index : {0U, 1U}) {
            test::write_pages(slot->table(index).bytes(), 0, 10);
            test::write_pages(slot->memory(index).bytes(), 0, 30);
        }
    }
    CHECK(pool.observer().snapshot().pages_restored == 2 + 4 * 4);
    const auto slot = pool.acquire(image);
    CHECK(test::resident_pages(slot->state().bytes()) == 2);
    CHECK(test::is_zero(slot->state().bytes()));
    for (const std::size_t index : {0U, 1U}) {
        CHECK(test::resident_pages(slot->table(index).bytes()) == 4);
        CHECK(test::resident_pages(slot->memory(index).bytes()) == 4);
        CHECK(test::resident_pages(slot->memory(index).bytes().first(test::pages(4))) == 4);
        CHECK(test::is_zero(slot->table(index).bytes()));
        CHECK(test::is_zero(slot->memory(index).bytes()));
    }
}

TEST_CASE("per_entity: what one entity leaves over does not go to another") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = make_image();
    test::write_pages(pool.acquire(image)->memory(1).bytes(), 10, 6);
    CHECK(pool.observer().snapshot().pages_restored == 4);
    CHECK(test::is_zero(pool.acquire(image)->memory(1).bytes()));
}

TEST_CASE(
    "per_entity: guard markers are looked for once a reset, however many entities there are") {
    const auto calls_for = [](std::size_t memories) {
        ps::instance_pool<ps::budget::per_entity<4_KiB>, ps::dirty::everything,
                          test::failing_system>
            pool({.slots = 1, .memories = memories, .memory = {.maximum = 64_KiB, .guard = 0}});
        auto slot = pool.acquire(ps::image::zeroed(8_KiB));
        const test::failing<ps::os::remove_guards> counted(EINVAL);
        slot.reset();
        return counted.made();
    };
    CHECK(calls_for(64) <= 2 * calls_for(32));
}
