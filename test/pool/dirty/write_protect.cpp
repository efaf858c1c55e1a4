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
    ps::instance_pool<ps::dirty::write_protect, ps::budget::per_instance<256_KiB>,
                      ps::budget::idle_cap<512_KiB>, ps::observe::counters, test::failing_system>;

constexpr std::size_t image_pages = 200;

struct one_slot_pool {
    pool_type pool{{.slots = 1, .memory = {.maximum = 4_MiB}}};
    std::vector<std::byte> contents = test::pattern(test::pages(image_pages));
    ps::image image = ps::image::from_bytes(contents);

    /// Runs an instance that finds the image and writes to some pages; returns the pages restored.
    std::uint64_t run(std::size_t first, std::size_t count) {
        const auto before = pool.observer().snapshot().pages_restored;
        {
            const auto slot = pool.acquire(image);
            CHECK(test::equal(slot->memory(0).bytes(), contents));
            test::write_pages(slot->memory(0).bytes(), first, count);
        }
        return pool.observer().snapshot().pages_restored - before;
    }
};

}  // namespace

TEST_CASE("write_protect: only what was written again is restored again") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    one_slot_pool one;
    CHECK(one.run(0, 50) == 50);
    CHECK(one.run(10, 3) == 3);
    CHECK(one.run(0, 0) == 0);
    CHECK(one.run(10, 3) == 3);
    CHECK(one.run(48, 4) == 4);  // two known pages, two that become resident
    CHECK(one.run(0, 0) == 0);
}

TEST_CASE("write_protect: pages above the budget are given back, and found when written again") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    one_slot_pool one;
    CHECK(one.run(0, 100) == 64);  // 256 KiB
    CHECK(one.pool.observer().snapshot().bytes_decommitted > 0);
    CHECK(one.run(64, 36) == 36);
    CHECK(one.run(90, 2) == 2);
    CHECK(one.run(0, 0) == 0);
}

TEST_CASE("write_protect: a slot whose tenants each touch other pages stays below the idle cap") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    one_slot_pool one;
    for (std::size_t first = 0; first + 50 <= image_pages; first += 50) {
        one.run(first, 50);
        const auto slot = one.pool.acquire(one.image);
        CHECK(test::resident_pages(slot->memory(0).bytes()) <= 128);  // 512 KiB
    }
    CHECK(one.pool.observer().snapshot().bytes_decommitted > 0);
    one.run(0, 0);
}

TEST_CASE("write_protect: where arming fails, what is resident is restored each time") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    one_slot_pool one;
    const test::failing<ps::os::protect_written_pages> refused(EINVAL);
    CHECK(one.run(0, 10) == 10);
    CHECK(refused.failed() > 0);
    CHECK(one.run(0, 0) == 10);
    CHECK(one.run(20, 1) == 11);
}

TEST_CASE("write_protect: where the kernel refuses to track a slot, it is clean all the same") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    one_slot_pool one;
    const test::failing<ps::os::track_writes> refused(ENOMEM);
    CHECK(one.run(0, 10) == 10);
    CHECK(refused.failed() == 1);
    CHECK(one.run(3, 1) == 10);
    CHECK(one.run(20, 1) == 11);
}

TEST_CASE("write_protect: memory that was grown is tracked as well") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    one_slot_pool one;
    for (int tenant = 0; tenant < 3; ++tenant) {
        const auto before = one.pool.observer().snapshot().pages_restored;
        {
            const auto slot = one.pool.acquire(one.image);
            const auto memory = slot->memory(0);
            REQUIRE(memory.grow(test::pages(10)));
            CHECK(test::is_zero(memory.bytes().subspan(test::pages(image_pages), test::pages(5))));
            test::write_pages(memory.bytes(), image_pages, 5);
        }
        CHECK(one.pool.observer().snapshot().pages_restored - before == 5);
    }
}
