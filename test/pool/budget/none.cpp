// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/kernel.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

TEST_CASE("none: each reset gives everything back, and does not look for dirty pages") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    ps::instance_pool<ps::budget::none, ps::observe::counters> pool(
        {.slots = 1, .memory = {.maximum = 1_MiB}});
    const auto image = ps::image::zeroed(test::pages(10));
    test::write_pages(pool.acquire(image)->memory(0).bytes(), 0, 10);
    const auto counted = pool.observer().snapshot();
    CHECK(counted.pages_restored == 0);
    CHECK(counted.scans == 0);
    CHECK(counted.bytes_decommitted >= test::pages(10));
    const auto slot = pool.acquire(image);
    CHECK(test::resident_pages(slot->memory(0).bytes()) == 0);
    CHECK(test::is_zero(slot->memory(0).bytes()));
}
