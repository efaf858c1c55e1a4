// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include <set>

#include "support/other_thread.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

/// As reuse::sharded on a machine of four processors.
struct four_shards : ps::reuse::sharded {
    static std::size_t shards(std::size_t) noexcept { return 4; }
};

using pool_type = ps::instance_pool<four_shards, ps::reset::decommit, ps::observe::counters>;

ps::pool_limits limits(std::size_t slots) {
    return {.slots = slots, .memory = {.maximum = 64_KiB, .guard = 64_KiB}};
}

}  // namespace

TEST_CASE("sharded: one thread gets every slot, each once") {
    pool_type pool(limits(10));
    const auto image = ps::image::zeroed(test::pages(1));
    std::vector<pool_type::slot> all;
    std::set<std::size_t> indices;
    for (int count = 0; count < 10; ++count) {
        all.push_back(*pool.acquire(image));
        indices.insert(all.back().index());
    }
    CHECK(indices.size() == 10);
    CHECK(*indices.rbegin() == 9);
    CHECK_FALSE(pool.acquire(image));
}

TEST_CASE("sharded: a slot that is warm in another thread's list goes before a cold one") {
    pool_type pool(limits(10));
    const auto image = ps::image::zeroed(test::pages(1));
    std::array<test::other_thread, 3> others;
    std::size_t warm = 99;
    for (auto& other : others) {
        other.run([&] { warm = pool.acquire(image)->index(); });
        CHECK(pool.acquire(image)->index() == warm);
    }
    CHECK(pool.observer().snapshot().acquired_cold == 1);
}

TEST_CASE("sharded: there is a list for each processor, and never more than slots") {
    CHECK(ps::reuse::sharded::shards(1) == 1);
    CHECK(ps::reuse::sharded::shards(1000) >= 1);
    CHECK(ps::reuse::sharded::shards(1000) <= 16);
    CHECK(ps::reuse::sharded::home(4) < 4);
    CHECK(ps::reuse::sharded::home(4) == ps::reuse::sharded::home(4));
}
