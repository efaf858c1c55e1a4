// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/failing_system.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type = ps::instance_pool<ps::dirty::everything, ps::budget::per_instance<64_KiB>,
                                    ps::observe::counters, test::failing_system>;

ps::pool_limits one_slot() { return {.slots = 1, .memory = {.maximum = 1_MiB}, .state = 4_KiB}; }

}  // namespace

TEST_CASE("everything: all that is accessible is restored, touched or not") {
    pool_type pool(one_slot());
    const auto contents = test::pattern(test::pages(4));
    const auto image = ps::image::from_bytes(contents);
    test::write_pages(pool.acquire(image)->memory(0).bytes(), 1, 1);
    CHECK(pool.observer().snapshot().pages_restored == 4 + 1);
    CHECK(test::equal(pool.acquire(image)->memory(0).bytes(), contents));
}

TEST_CASE("everything: nothing is asked of the page map") {
    const test::failing<ps::os::open_pagemap> no_pagemap(ENOENT);
    pool_type pool(one_slot());
    const auto image = ps::image::zeroed(test::pages(4));
    test::write_pages(pool.acquire(image)->memory(0).bytes(), 0, 4);
    CHECK(test::is_zero(pool.acquire(image)->memory(0).bytes()));
    CHECK(no_pagemap.made() == 0);
    CHECK(pool.observer().snapshot().degraded == 0);
}

TEST_CASE("everything: what exceeds the budget is given back") {
    pool_type pool(one_slot());
    const auto image = ps::image::zeroed(test::pages(40));
    test::write_pages(pool.acquire(image)->memory(0).bytes(), 0, 40);
    const auto counted = pool.observer().snapshot();
    CHECK(counted.pages_restored == 16);
    CHECK(counted.bytes_decommitted == test::pages(40 + 1 - 16));
    CHECK(test::is_zero(pool.acquire(image)->memory(0).bytes()));
}
