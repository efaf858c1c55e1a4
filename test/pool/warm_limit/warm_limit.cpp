// SPDX-License-Identifier: Apache-2.0
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

/// Acquires four slots, makes pages of each resident, frees them in order; returns their ranges.
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

TEST_CASE("warm_limit: a slot whose pages cannot be taken away waits until they can") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(limits());
    const auto image = ps::image::zeroed(test::pages(4));
    {
        std::vector<slot_type> all;
        all.reserve(3);
        for (int count = 0; count < 3; ++count) all.push_back(*pool.acquire(image));
        const test::failing<ps::os::map_inaccessible> refused(ENOMEM);
        const test::failing<ps::os::decommit> not_given_back(EINVAL);
        all.clear();
        CHECK(pool.observer().snapshot().quarantined == 1);
        for (int count = 0; count < 3; ++count) all.push_back(*pool.acquire(image));
        CHECK_FALSE(pool.acquire(image));
    }
    std::vector<slot_type> all;
    while (auto slot = pool.acquire(image)) {
        CHECK(test::is_zero(slot->memory(0).bytes()));
        all.push_back(std::move(*slot));
    }
    CHECK(all.size() == 4);
}

TEST_CASE("warm_limit: where mappings are short, the pages of a slot are given back all the same") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(limits());
    const auto image = ps::image::zeroed(test::pages(4));
    const test::failing<ps::os::map_inaccessible> refused(ENOMEM);
    const auto ranges = use_all(pool, image);
    CHECK(test::resident_pages(ranges[0]) == 0);
    CHECK(pool.observer().snapshot().quarantined == 0);
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

namespace {

/// Hands out what was freed last, and names no slot that might be cooled.
struct keeps_its_oldest {
    using role = ps::roles::reuse;

    class free_list {
      public:
        static constexpr std::size_t stages = 1;

        explicit free_list(std::size_t slots) { free_.reserve(slots); }

        void put(std::size_t slot, std::uint64_t) noexcept { free_.push_back(slot); }
        std::optional<std::size_t> take(std::uint64_t, std::size_t) noexcept {
            if (free_.empty()) return std::nullopt;
            const auto slot = free_.back();
            free_.pop_back();
            return slot;
        }
        static std::optional<std::size_t> oldest_warm() noexcept { return std::nullopt; }
        static std::optional<std::size_t> take_oldest_warm() noexcept { return std::nullopt; }

      private:
        std::vector<std::size_t> free_;
    };
};

/// Says that a slot is the oldest, but then does not hand it out.
struct goes_back_on_its_word : keeps_its_oldest {
    class free_list : public keeps_its_oldest::free_list {
      public:
        using keeps_its_oldest::free_list::free_list;
        static std::optional<std::size_t> oldest_warm() noexcept { return 0; }
    };
};

template <class Reuse>
void check_footprint() {
    using kept_pool = ps::instance_pool<ps::reuse::warm_limit<2>, Reuse,
                                        ps::budget::per_instance<16_KiB>, ps::observe::counters>;
    kept_pool pool({.slots = 6, .memory = {.maximum = 64_KiB, .guard = 64_KiB}});
    const auto image = ps::image::zeroed(test::pages(8));
    for (int round = 0; round < 3; ++round) {
        std::vector<typename kept_pool::slot> all;
        std::vector<ps::os::address_range> ranges;
        while (auto slot = pool.acquire(image)) {
            CHECK(test::is_zero(slot->memory(0).bytes()));
            test::write_pages(slot->memory(0).bytes(), 0, 8);
            ranges.push_back(test::range_of(slot->memory(0).bytes()));
            all.push_back(std::move(*slot));
        }
        REQUIRE(all.size() == 6);
        all.clear();
        std::size_t resident = 0;
        for (const auto& range : ranges) resident += test::resident_pages(range);
        CHECK(test::pages(resident) <= pool.footprint().worst_idle);
        CHECK(resident > 0);
    }
}

}  // namespace

TEST_CASE("warm_limit: idle slots keep no more than the footprint where no oldest slot is named") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    check_footprint<keeps_its_oldest>();
    check_footprint<goes_back_on_its_word>();
}
