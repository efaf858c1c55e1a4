// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/kernel.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type =
    ps::instance_pool<ps::budget::unlimited, ps::budget::idle_cap<64_KiB>, ps::observe::counters>;

}  // namespace

TEST_CASE("idle_cap: a slot that keeps more is decommitted whole, one at the cap is not") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool({.slots = 1, .memory = {.maximum = 1_MiB}, .state = 4_KiB});
    const auto bytes = test::pattern(test::pages(40));
    const auto image = ps::image::from_bytes(bytes);
    const auto resident_after = [&](std::size_t pages) {
        test::write_pages(pool.acquire(image)->memory(0).bytes(), 0, pages);
        const auto slot = pool.acquire(image);
        return test::resident_pages(slot->memory(0).bytes());
    };
    CHECK(resident_after(16) == 16);
    CHECK(pool.observer().snapshot().bytes_decommitted == 0);
    CHECK(resident_after(17) == 0);
    CHECK(test::equal(pool.acquire(image)->memory(0).bytes(), bytes));
}

TEST_CASE("idle_cap: tenants that each touch other pages do not make a slot grow") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool({.slots = 1, .memory = {.maximum = 4_MiB}});
    const auto image = ps::image::zeroed(test::pages(400));
    for (std::size_t first = 0; first < 400; first += 10) {
        {
            test::write_pages(pool.acquire(image)->memory(0).bytes(), first, 10);
        }
        const auto slot = pool.acquire(image);
        CHECK(test::resident_pages(slot->memory(0).bytes()) <= 16);
    }
    CHECK(test::is_zero(pool.acquire(image)->memory(0).bytes()));
}

TEST_CASE("idle_cap: a slot above the cap is given back without being restored before") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool({.slots = 1, .memory = {.maximum = 1_MiB}, .state = 4_KiB});
    const auto bytes = test::pattern(test::pages(100));
    const auto image = ps::image::from_bytes(bytes);
    for (int tenant = 0; tenant < 3; ++tenant) {
        test::write_pages(pool.acquire(image)->memory(0).bytes(), 0, 100);
        CHECK(pool.observer().snapshot().pages_restored == 0);
        CHECK(test::equal(pool.acquire(image)->memory(0).bytes(), bytes));
    }
}
