// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

// The reset does not matter here, and this one runs on every kernel.
using pool_type = ps::instance_pool<ps::reuse::affinity, ps::reuse::single_threaded,
                                    ps::reset::decommit, ps::observe::counters>;

ps::pool_limits limits(std::size_t slots) {
    return {.slots = slots, .memory = {.maximum = 64_KiB, .guard = 64_KiB}};
}

ps::image make_image() { return ps::image::zeroed(test::pages(1)); }

}  // namespace

TEST_CASE("affinity: an image gets the slot that is warm for it and was freed last") {
    pool_type pool(limits(6));
    const auto mine = make_image();
    const auto other = make_image();
    std::size_t last = 0;
    {
        const auto first = pool.acquire(mine);
        auto second = pool.acquire(mine);
        const auto third = pool.acquire(other);
        last = second->index();
        { const auto fourth = pool.acquire(mine); }
        { const auto released = std::move(*second); }
        CHECK(pool.acquire(mine)->index() == last);
        CHECK(pool.acquire(mine)->index() == last);
    }
    CHECK(pool.observer().snapshot().acquired_warm == 2);
}

TEST_CASE("affinity: without a warm slot an image gets a cold one, not another image's") {
    pool_type pool(limits(3));
    const auto mine = make_image();
    const auto other = make_image();
    const auto warm = pool.acquire(mine)->index();
    const auto first = pool.acquire(other);
    const auto second = pool.acquire(other);
    CHECK(first->index() != warm);
    CHECK(second->index() != warm);
    CHECK(pool.acquire(mine)->index() == warm);
}

TEST_CASE("affinity: without a cold slot an image gets the one that was free the longest") {
    pool_type pool(limits(3));
    std::vector<std::size_t> freed;
    {
        std::vector<pool_type::slot> all;
        all.reserve(3);
        for (int count = 0; count < 3; ++count) all.push_back(*pool.acquire(make_image()));
        for (const std::size_t which : {1U, 2U, 0U}) {
            freed.push_back(all[which].index());
            { const auto released = std::move(all[which]); }
        }
    }
    const auto first = pool.acquire(make_image());
    const auto second = pool.acquire(make_image());
    const auto third = pool.acquire(make_image());
    CHECK(std::vector{first->index(), second->index(), third->index()} == freed);
    CHECK(pool.observer().snapshot().acquired_warm == 0);
}

TEST_CASE("affinity: with more images than slots, each image still finds its slot") {
    ps::reuse::affinity::free_list list(4);
    // Numbers of images that share their low bits, on which the search relies.
    for (std::size_t slot = 0; slot < 4; ++slot) list.put(slot, 3 + 16 * slot);
    CHECK(list.take(3 + 16 * 2, 0) == 2);
    CHECK_FALSE(list.take(3 + 16 * 2, 0));
    CHECK(list.take(3, 0) == 0);
    CHECK_FALSE(list.take(99, 1));
    CHECK(list.take(99, 2) == 1);
    CHECK(list.take_oldest_warm() == 3);
    CHECK_FALSE(list.take_oldest_warm());
}
