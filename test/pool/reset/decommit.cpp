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

using pool_type =
    ps::instance_pool<ps::reset::decommit, ps::observe::counters, test::failing_system>;

ps::pool_limits one_slot() {
    return {.slots = 1, .memories = 2, .memory = {.maximum = 1_MiB}, .state = 4_KiB};
}

}  // namespace

TEST_CASE("decommit: the next instance finds the image, and no page resident") {
    pool_type pool(one_slot());
    const auto bytes = test::pattern(test::pages(20));
    const auto image = ps::image::from_bytes(bytes);
    {
        const auto slot = pool.acquire(image);
        test::write_pages(slot->memory(0).bytes(), 0, 20);
        test::write_pages(slot->state().bytes(), 0, 1);
    }
    CHECK(pool.observer().snapshot().bytes_decommitted >= test::pages(21));
    const auto slot = pool.acquire(image);
    CHECK(test::equal(slot->memory(0).bytes(), bytes));
    CHECK(test::is_zero(slot->state().bytes()));

    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    CHECK(test::resident_pages(slot->memory(0).bytes()) == 0);
}

TEST_CASE("decommit: nothing is asked of the page map") {
    const test::failing<ps::os::open_pagemap> refused(ENOENT);
    pool_type pool(one_slot());
    const auto image = ps::image::zeroed(test::pages(4));
    { test::write_pages(pool.acquire(image)->memory(0).bytes(), 0, 4); }
    CHECK(test::is_zero(pool.acquire(image)->memory(0).bytes()));
    CHECK(refused.made() == 0);
}

TEST_CASE("decommit: a memory of no bytes, which is one of two, costs no call") {
    pool_type pool(one_slot());
    const auto image = ps::image::zeroed(test::pages(4));
    { const auto slot = pool.acquire(image); }
    const auto before = pool.observer().snapshot().system_calls;
    { const auto slot = pool.acquire(image); }
    CHECK(pool.observer().snapshot().system_calls - before == 1);
}
