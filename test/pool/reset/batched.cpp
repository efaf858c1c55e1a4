// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/failing_system.hpp"
#include "support/kernel.hpp"
#include "support/pages.hpp"
#include "support/skip.hpp"

namespace ps = palimpsest;
namespace os = palimpsest::os;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type =
    ps::instance_pool<ps::reset::batched<3>, ps::observe::counters, test::failing_system>;

ps::pool_limits limits(std::size_t slots) {
    return {.slots = slots, .memory = {.maximum = 1_MiB, .guard = 1_MiB}};
}

/// Acquires a slot, which must be clean, and writes to it.
template <class Pool>
auto tenant(Pool& pool, const ps::image& image) {
    auto slot = pool.acquire(image);
    REQUIRE(slot);
    CHECK(test::is_zero(slot->memory(0).bytes()));
    test::write_pages(slot->memory(0).bytes(), 0, 8);
    return slot;
}

}  // namespace

TEST_CASE("batched: a slot is not free before its batch went out") {
    pool_type pool(limits(4));
    const auto image = ps::image::zeroed(test::pages(8));
    const auto first = tenant(pool, image)->index();
    const auto second = tenant(pool, image)->index();
    CHECK(pool.observer().snapshot().resets == 0);
    CHECK(pool.observer().snapshot().bytes_decommitted == 0);
    CHECK(first != second);

    { const auto third = tenant(pool, image); }
    CHECK(pool.observer().snapshot().resets == 3);
    CHECK(pool.observer().snapshot().bytes_decommitted == 3 * test::pages(8));
}

TEST_CASE("batched: an exhausted pool sends its batch out early") {
    pool_type pool(limits(2));
    const auto image = ps::image::zeroed(test::pages(8));
    const auto held = tenant(pool, image);
    { const auto waits = tenant(pool, image); }
    CHECK(pool.observer().snapshot().resets == 0);
    const auto again = tenant(pool, image);
    CHECK(pool.observer().snapshot().resets == 1);
    CHECK_FALSE(pool.acquire(image));
    CHECK(pool.observer().snapshot().exhausted == 1);
}

TEST_CASE("batched: a whole batch is given back by one call, where the kernel takes a vector") {
    test::failing<os::vectored_decommit> vectored(EINVAL, 1'000'000);  // counts, fails none
    const test::failing<os::decommit> single(EINVAL, 1'000'000);
    pool_type pool(limits(3));
    const auto image = ps::image::zeroed(test::pages(8));
    const auto probes = vectored.made();
    {
        const auto one = tenant(pool, image);
        const auto two = tenant(pool, image);
        const auto three = tenant(pool, image);
    }
    CHECK(pool.observer().snapshot().resets == 3);
    PALIMPSEST_SKIP_UNLESS(single.made() == 0,
                           "this kernel decommits no vector of ranges (Linux 6.13)");
    CHECK(vectored.made() - probes == 1);
    CHECK(tenant(pool, image));
}

TEST_CASE("batched: where the kernel refuses a vector, each range is given back by itself") {
    const bool from_the_start = GENERATE(true, false);
    const test::failing<os::vectored_decommit> refused(EINVAL, from_the_start ? 1 : 2);
    pool_type pool(limits(3));
    const auto image = ps::image::zeroed(test::pages(8));
    for (int round = 0; round < 3; ++round) {
        const auto one = tenant(pool, image);
        const auto two = tenant(pool, image);
        const auto three = tenant(pool, image);
    }
    CHECK(pool.observer().snapshot().resets == 9);
    CHECK(pool.observer().snapshot().bytes_decommitted == 9 * test::pages(8));
    CHECK(pool.observer().snapshot().degraded == 0);
}

TEST_CASE("batched: a slot of a batch that cannot be decommitted is mapped anew") {
    const test::failing<os::vectored_decommit> no_vector(EINVAL);
    pool_type pool(limits(3));
    const auto image = ps::image::zeroed(test::pages(8));
    {
        std::vector<pool_type::slot> batch;
        for (int count = 0; count < 3; ++count) batch.push_back(std::move(*tenant(pool, image)));
        // The common attempt stops at the first range; of the slots by themselves, one fails.
        const test::failing<os::decommit> refused(ENOMEM, 1, 2);
        batch.clear();
        CHECK(refused.failed() == 2);
    }
    const auto counted = pool.observer().snapshot();
    CHECK(counted.remaps == 1);
    CHECK(counted.degraded == 1);
    CHECK(counted.resets == 3);
    CHECK(counted.quarantined == 0);
    for (int round = 0; round < 3; ++round) tenant(pool, image);
}

TEST_CASE("batched: with restore, a slot within its budget is free at once") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    ps::instance_pool<ps::reset::batched<3, ps::reset::restore>, ps::budget::per_instance<32_KiB>,
                      ps::observe::counters>
        pool(limits(4));
    const auto image = ps::image::zeroed(test::pages(20));
    test::write_pages(pool.acquire(image)->memory(0).bytes(), 0, 7);
    CHECK(pool.observer().snapshot().resets == 1);
    CHECK(pool.observer().snapshot().bytes_decommitted == 0);
    for (int released = 0; released < 3; ++released) {
        CHECK(pool.observer().snapshot().resets == 1);
        test::write_pages(pool.acquire(image)->memory(0).bytes(), 0, 20);
    }
    CHECK(pool.observer().snapshot().resets == 4);
    CHECK(pool.observer().snapshot().bytes_decommitted > 0);
    for (int round = 0; round < 4; ++round)
        CHECK(test::is_zero(pool.acquire(image)->memory(0).bytes()));
}
