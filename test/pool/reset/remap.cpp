// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

TEST_CASE("remap: each reset maps the image anew, at its size") {
    ps::instance_pool<ps::reset::remap, ps::observe::counters> pool(
        {.slots = 1, .memory = {.maximum = 1_MiB}, .tables = 1, .table_elements = 10});
    const auto bytes = test::pattern(test::pages(20));
    const auto image = ps::image::from_bytes(bytes);
    for (std::uint64_t tenant = 0; tenant < 3; ++tenant) {
        const auto slot = pool.acquire(image);
        CHECK(pool.observer().snapshot().remaps == tenant);
        CHECK(test::equal(slot->memory(0).bytes(), bytes));
        CHECK(test::is_zero(slot->table(0).bytes()));
        REQUIRE(slot->memory(0).grow(test::pages(3)));
        test::write_pages(slot->memory(0).bytes(), 0, 23);
        test::write_pages(slot->table(0).bytes(), 0, 1);
    }
    CHECK(pool.observer().snapshot().quarantined == 0);
}
