// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/kernel.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

TEST_CASE("unlimited: every dirty page is restored, and none given back") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    ps::instance_pool<ps::budget::unlimited, ps::observe::counters> pool(
        {.slots = 1, .memory = {.maximum = 6_MiB}});
    const auto image = ps::image::zeroed(test::pages(1500));
    test::write_pages(pool.acquire(image)->memory(0).bytes(), 0, 1500);  // the default is 512
    CHECK(pool.observer().snapshot().pages_restored == 1500);
    CHECK(pool.observer().snapshot().bytes_decommitted == 0);
    CHECK(test::is_zero(pool.acquire(image)->memory(0).bytes()));
}
