// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <type_traits>

#include "support/pages.hpp"
#include "support/thrown.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

/// A user's policy that is wrong.
struct no_shards : ps::reuse::single_threaded {
    static constexpr std::size_t shards(std::size_t) noexcept { return 0; }
};

}  // namespace

TEST_CASE("single_threaded: there is one list, and its lock is nothing") {
    using policy = ps::reuse::single_threaded;
    STATIC_REQUIRE(std::is_empty_v<policy::mutex>);
    STATIC_REQUIRE(policy::shards(1'000) == 1);
    STATIC_REQUIRE(policy::home(1) == 0);
}

TEST_CASE("single_threaded: every slot is handed out once, and again when it is free") {
    ps::instance_pool<ps::reuse::single_threaded, ps::reset::decommit> pool(
        {.slots = 5, .memory = {.maximum = 64_KiB}});
    const auto image = ps::image::zeroed(test::pages(1));
    for (int round = 0; round < 2; ++round) {
        std::vector<decltype(pool)::slot> all;
        std::set<std::size_t> indices;
        while (auto slot = pool.acquire(image)) {
            test::write_pages(slot->memory(0).bytes(), 0, 1);
            indices.insert(slot->index());
            all.push_back(std::move(*slot));
        }
        CHECK(indices == std::set<std::size_t>{0, 1, 2, 3, 4});
    }
    CHECK(test::is_zero(pool.acquire(image)->memory(0).bytes()));
}

TEST_CASE("a threading policy that asks for no list of free slots is refused") {
    using pool_type = ps::instance_pool<no_shards, ps::reset::decommit>;
    CHECK(test::text_of<std::invalid_argument>([] { pool_type pool({.slots = 1}); }) ==
          "palimpsest: the threading policy asks for no shards, where at least one must hold the "
          "free slots");
}
