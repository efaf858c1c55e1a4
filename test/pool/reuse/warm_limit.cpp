#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/failing_system.hpp"
#include "support/kernel.hpp"
#include "support/other_thread.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type = ps::instance_pool<ps::reuse::warm_limit<2>, ps::reuse::single_threaded,
                                    ps::observe::counters, test::failing_system>;
using slot_type = pool_type::slot;

ps::pool_limits limits() { return {.slots = 4, .memory = {.maximum = 64_KiB, .guard = 64_KiB}}; }

/// Acquires four slots, makes pages of each resident, frees them in order; gives their ranges.
std::vector<ps::os::address_range> use_all(pool_type& pool, const ps::image& image) {
    std::vector<slot_type> all;
    std::vector<ps::os::address_range> ranges;
    for (int count = 0; count < 4; ++count) {
        all.push_back(*pool.acquire(image));
        test::write_pages(all.back().memory(0).bytes(), 0, 4);
        ranges.push_back(test::range_of(all.back().memory(0).bytes()));
    }
    for (auto& slot : all) const auto released = std::move(slot);
    return ranges;
}

}  // namespace

TEST_CASE("warm_limit: no more free slots than the limit keep pages, those freed last") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(limits());
    const auto ranges = use_all(pool, ps::image::zeroed(test::pages(4)));
    CHECK(test::resident_pages(ranges[0]) == 0);
    CHECK(test::resident_pages(ranges[1]) == 0);
    CHECK(test::resident_pages(ranges[2]) == 4);
    CHECK(test::resident_pages(ranges[3]) == 4);
}

TEST_CASE("warm_limit: a slot that was cooled holds on to no image, and is clean when it returns") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(limits());
    const auto image = ps::image::zeroed(test::pages(4));
    for (int round = 0; round < 3; ++round) use_all(pool, image);
    const auto counted = pool.observer().snapshot();
    CHECK(counted.acquired_cold == 4 + 2 + 2);
    CHECK(counted.acquired_warm == 2 + 2);
    std::vector<slot_type> all;
    for (int count = 0; count < 4; ++count) {
        all.push_back(*pool.acquire(image));
        CHECK(test::is_zero(all.back().memory(0).bytes()));
    }
    CHECK_FALSE(pool.acquire(image));
}

TEST_CASE("warm_limit: a slot whose pages cannot be taken away is never handed out again") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(limits());
    const auto image = ps::image::zeroed(test::pages(4));
    {
        std::vector<slot_type> all;
        for (int count = 0; count < 3; ++count) all.push_back(*pool.acquire(image));
        const test::failing<ps::os::map_inaccessible> refused(ENOMEM);
        all.clear();
    }
    CHECK(pool.observer().snapshot().quarantined == 1);
    std::vector<slot_type> all;
    for (int count = 0; count < 3; ++count) all.push_back(*pool.acquire(image));
    CHECK_FALSE(pool.acquire(image));
}

namespace {

/// As on a machine of four processors.
struct four_shards : ps::reuse::sharded {
    static std::size_t shards(std::size_t) noexcept { return 4; }
};

template <class Reuse>
std::uint64_t warm_acquisitions_beside_stale_slots() {
    using sharded_pool = ps::instance_pool<ps::reuse::warm_limit<2>, Reuse, four_shards,
                                           ps::reset::decommit, ps::observe::counters>;
    sharded_pool pool(limits());
    const auto image = ps::image::zeroed(test::pages(1));
    const auto stale = ps::image::zeroed(test::pages(2));
    test::other_thread other;
    other.run([&] {
        auto one = pool.acquire(stale);
        auto two = pool.acquire(stale);
    });
    for (int request = 0; request < 10; ++request) (void)pool.acquire(image);
    return pool.observer().snapshot().acquired_warm;
}

}  // namespace

TEST_CASE("warm_limit: the slot that is cooled has been free the longest, whoever freed it") {
    CHECK(warm_acquisitions_beside_stale_slots<ps::reuse::affinity>() == 9);
}
