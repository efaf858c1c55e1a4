// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/kernel.hpp"
#include "support/pages.hpp"
#include "support/skip.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type = ps::instance_pool<ps::budget::per_instance<64_KiB>, ps::observe::counters>;

ps::pool_limits one_slot() {
    return {.slots = 1,
            .memories = 2,
            .memory = {.maximum = 1_MiB, .guard = 64_KiB},
            .tables = 1,
            .table_elements = 1'024,
            .state = 4_KiB};
}

ps::image make_image() {
    ps::image::builder builder;
    builder.memory(0, {}, test::pages(30)).memory(1, {}, test::pages(30));
    return builder.build();
}

}  // namespace

TEST_CASE("per_instance: the purse is spent on state, tables, then memories from their start") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = make_image();
    {
        const auto slot = pool.acquire(image);
        test::write_pages(slot->memory(1).bytes(), 0, 30);
        test::write_pages(slot->memory(0).bytes(), 0, 30);
        test::write_pages(slot->table(0).bytes(), 0, 2);
        test::write_pages(slot->state().bytes(), 0, 1);
    }
    CHECK(pool.observer().snapshot().pages_restored == 16);

    const auto slot = pool.acquire(image);
    CHECK(test::resident_pages(slot->state().bytes()) == 1);
    CHECK(test::resident_pages(slot->table(0).bytes()) == 2);
    const auto memory = slot->memory(0).bytes();
    CHECK(test::resident_pages(memory.first(test::pages(13))) == 13);
    CHECK(test::resident_pages(memory.subspan(test::pages(13))) == 0);
    CHECK(test::resident_pages(slot->memory(1).bytes()) == 0);
    CHECK(test::is_zero(memory));
    CHECK(test::is_zero(slot->memory(1).bytes()));
    CHECK(test::is_zero(slot->table(0).bytes()));
    CHECK(test::is_zero(slot->state().bytes()));
}

TEST_CASE("per_instance: each reset has the whole purse") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = make_image();
    for (std::uint64_t reset = 1; reset <= 3; ++reset) {
        test::write_pages(pool.acquire(image)->memory(0).bytes(), 0, 15);
        CHECK(pool.observer().snapshot().pages_restored == 15 * reset);
        CHECK(pool.observer().snapshot().bytes_decommitted == 0);
    }
}

TEST_CASE("per_instance: less than a page buys nothing, and more than pages buys whole ones") {
    ps::budget::per_instance<4095> nothing;
    ps::budget::per_instance<3 * 4096 + 4095> three;
    PALIMPSEST_SKIP_UNLESS(ps::os::page_size == 4096, "pages of this machine are not 4 KiB");
    ps::budget::no_account account;
    CHECK(ps::budget::per_instance<4095>::purse(nothing, account).most() == 0);
    ps::budget::per_instance<3 * 4096 + 4095>::purse purse(three, account);
    CHECK(purse.most() == 3);
    CHECK(purse.take(0, 2) == 2);
    CHECK(purse.take(1, 2) == 1);
    CHECK(purse.take(1, 2) == 0);
    purse.put_back(1, 1);
    CHECK(purse.most() == 1);
}
