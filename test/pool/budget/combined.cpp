// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/kernel.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

// The purse of the pool comes first, and must get back what the others do not grant.
using pool_type = ps::instance_pool<ps::budget::pool_wide<80_KiB>, ps::budget::per_entity<32_KiB>,
                                    ps::budget::per_instance<48_KiB>, ps::reuse::single_threaded,
                                    ps::observe::counters>;

}  // namespace

TEST_CASE("combined budgets: a page is restored when each of them grants it") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool({.slots = 2, .memories = 2, .memory = {.maximum = 1_MiB, .guard = 64_KiB}});
    ps::image::builder builder;
    const auto image =
        builder.memory(0, {}, test::pages(30)).memory(1, {}, test::pages(30)).build();
    const auto restored_by = [&](pool_type::slot slot, std::size_t first, std::size_t second) {
        test::write_pages(slot.memory(0).bytes(), 0, first);
        test::write_pages(slot.memory(1).bytes(), 0, second);
        const auto before = pool.observer().snapshot().pages_restored;
        { const auto released = std::move(slot); }
        return pool.observer().snapshot().pages_restored - before;
    };
    // 8 pages per entity, 12 per instance, 20 for the pool.
    auto one = pool.acquire(image);
    auto two = pool.acquire(image);
    CHECK(restored_by(std::move(*one), 30, 0) == 8);
    CHECK(restored_by(std::move(*two), 30, 30) == 12);
    one = pool.acquire(image);
    two = pool.acquire(image);
    CHECK(restored_by(std::move(*one), 8, 8) == 12);
    CHECK(restored_by(std::move(*two), 8, 8) == 8);
    one = pool.acquire(image);
    two = pool.acquire(image);
    for (const std::size_t memory : {0U, 1U}) {
        CHECK(test::is_zero(one->memory(memory).bytes()));
        CHECK(test::is_zero(two->memory(memory).bytes()));
    }
}
