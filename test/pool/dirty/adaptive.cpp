// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/failing_system.hpp"
#include "support/faults.hpp"
#include "support/kernel.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type =
    ps::instance_pool<ps::dirty::adaptive<>, ps::observe::counters, test::failing_system>;

constexpr std::size_t image_pages = 400;

/// Makes the measurement of protection costs fail, so that the pool decides by the typical cost and
/// not by this machine's.
struct unmeasured {
    test::failing<ps::os::track_writes> second{ENOMEM, 2, 1};
};

struct one_slot_pool : private unmeasured {
    pool_type pool{{.slots = 1, .memory = {.maximum = 4_MiB}}};
    ps::image image = ps::image::from_bytes(test::pattern(test::pages(image_pages)));

    void run(std::size_t first, std::size_t count) {
        test::write_pages(pool.acquire(image)->memory(0).bytes(), first, count);
    }
    void run_often(int times, std::size_t first, std::size_t count) {
        while (times-- > 0) run(first, count);
    }
    /// Pages restored by one reset.
    std::uint64_t restored(std::size_t first, std::size_t count) {
        const auto before = pool.observer().snapshot().pages_restored;
        run(first, count);
        return pool.observer().snapshot().pages_restored - before;
    }
    bool is_clean() {
        return test::equal(pool.acquire(image)->memory(0).bytes(),
                           test::pattern(test::pages(image_pages)));
    }
};

}  // namespace

TEST_CASE("adaptive: a slot with few resident pages is restored whole, without a fault") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    one_slot_pool one;
    one.run(0, 60);
    CHECK(one.restored(5, 1) == 60);
    CHECK(test::least_faults([&] { one.run(0, 60); }) == 0);
    CHECK(one.is_clean());
}

TEST_CASE("adaptive: with many resident pages few of which are rewritten, few are restored") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    one_slot_pool one;
    one.run(0, 300);
    one.run_often(20, 7, 4);
    CHECK(one.restored(7, 4) == 4);
    CHECK(one.is_clean());
}

TEST_CASE("adaptive: pages that are rewritten each time are not protected in the steady state") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    one_slot_pool one;
    one.run(0, 300);
    one.run_often(20, 7, 4);
    CHECK(test::least_faults([&] { one.run_often(3, 7, 4); }) == 0);
}

TEST_CASE("adaptive: pages that are not rewritten any more are protected after a while") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    one_slot_pool one;
    one.run(0, 300);
    one.run_often(20, 0, 100);
    CHECK(one.restored(0, 0) == 100);
    one.run_often(100, 0, 0);
    CHECK(one.restored(0, 0) == 0);
    CHECK(one.is_clean());
}

TEST_CASE("adaptive: where all is rewritten each time, all is restored and nothing protected") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    one_slot_pool one;
    one.run_often(80, 0, 300);
    CHECK(test::least_faults([&] { one.run_often(80, 0, 300); }) == 0);
    CHECK(one.restored(0, 0) == 300);
    CHECK(one.is_clean());
}

TEST_CASE("adaptive: protection that costs more than it saves is given up") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    one_slot_pool one;
    one.run(0, 400);
    // Each tenant writes other pages, so that what is learnt of a page never holds.
    for (std::size_t tenant = 0; tenant < 100; ++tenant) one.run(tenant * 7 % 10 * 40, 40);
    CHECK(one.restored(0, 0) == 400);
    CHECK(test::least_faults([&] { one.run(0, 400); }) == 0);
    CHECK(one.is_clean());
}

TEST_CASE("adaptive: what a fault costs is measured, within bounds") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    const pool_type pool({.slots = 1, .memory = {.maximum = 1_MiB}});
    CHECK(pool.tracker().cost().fault >= 8);
    CHECK(pool.tracker().cost().fault <= 1024);
    CHECK(pool.tracker().cost().arming >= 16);
    CHECK(pool.tracker().cost().arming <= 8192);
    const one_slot_pool usual;
    CHECK(usual.pool.tracker().cost().fault == ps::dirty::detail::protection_cost{}.fault);
}

TEST_CASE("adaptive: a protected page that is written is restored") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    one_slot_pool one;
    one.run(0, 300);
    one.run_often(30, 0, 0);
    REQUIRE(one.restored(0, 0) == 0);
    for (std::size_t page = 0; page < image_pages; page += 37) {
        CHECK(one.restored(page, 1) >= 1);
        CHECK(one.is_clean());
    }
}
