// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/kernel.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type = ps::instance_pool<ps::budget::pool_wide<80_KiB>, ps::reuse::single_threaded,
                                    ps::observe::counters>;
using slot_type = pool_type::slot;

constexpr std::size_t slots = 4;

struct small_pool {
    pool_type pool{{.slots = slots, .memory = {.maximum = 1_MiB, .guard = 64_KiB}}};
    ps::image image = ps::image::zeroed(test::pages(30));

    /// All slots, which must be clean.
    std::vector<slot_type> acquire_all() {
        std::vector<slot_type> all;
        for (std::size_t count = 0; count < slots; ++count) {
            all.push_back(*pool.acquire(image));
        }
        return all;
    }
    static std::size_t resident(const std::vector<slot_type>& of) {
        std::size_t pages = 0;
        for (const auto& slot : of) pages += test::resident_pages(slot.memory(0).bytes());
        return pages;
    }
};

}  // namespace

TEST_CASE("pool_wide: what all slots together keep restored stays below the budget") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    small_pool small;
    for (int round = 0; round < 3; ++round) {
        {
            auto all = small.acquire_all();
            for (auto& slot : all) test::write_pages(slot.memory(0).bytes(), 0, 8);
        }
        const auto all = small.acquire_all();
        CHECK(small.resident(all) == 20);
        for (const auto& slot : all) CHECK(test::is_zero(slot.memory(0).bytes().first(4096)));
    }
}

TEST_CASE("pool_wide: one busy slot may have all of the budget") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    small_pool small;
    for (std::uint64_t reset = 1; reset <= 5; ++reset) {
        test::write_pages(small.pool.acquire(small.image)->memory(0).bytes(), 0, 20);
        CHECK(small.pool.observer().snapshot().pages_restored == 20 * reset);
    }
    CHECK(small.pool.observer().snapshot().bytes_decommitted == 0);
}

TEST_CASE("pool_wide: a slot that is decommitted gives its share back") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    ps::instance_pool<ps::budget::pool_wide<80_KiB>, ps::budget::idle_cap<64_KiB>,
                      ps::reuse::single_threaded, ps::observe::counters>
        pool({.slots = 2, .memory = {.maximum = 1_MiB, .guard = 64_KiB}});
    const auto image = ps::image::zeroed(test::pages(30));
    auto first = pool.acquire(image);
    test::write_pages(first->memory(0).bytes(), 0, 20);
    first.reset();  // 20 pages restored, above the idle cap of 16: decommitted after all
    CHECK(pool.observer().snapshot().bytes_decommitted > 0);

    first = pool.acquire(image);
    auto second = pool.acquire(image);
    test::write_pages(second->memory(0).bytes(), 0, 16);
    const auto before = pool.observer().snapshot().pages_restored;
    second.reset();
    CHECK(pool.observer().snapshot().pages_restored - before == 16);
}

namespace {

/// Resident pages of a pool whose instances each write to pages that no other writes to.
template <class Dirty>
std::size_t left_by_wandering_instances() {
    using wandered_pool = ps::instance_pool<Dirty, ps::budget::pool_wide<80_KiB>>;
    wandered_pool pool({.slots = slots, .memory = {.maximum = 1_MiB, .guard = 64_KiB}});
    const auto image = ps::image::zeroed(test::pages(200));
    std::vector<ps::os::address_range> ranges(slots);
    for (std::size_t round = 0; round < 30; ++round) {
        std::vector<typename wandered_pool::slot> all;
        for (std::size_t count = 0; count < slots; ++count) {
            all.push_back(*pool.acquire(image));
            const auto bytes = all.back().memory(0).bytes();
            ranges[all.back().index()] = test::range_of(bytes);
            test::write_pages(bytes, 6 * round, 6);
            all.back().written(&bytes[test::pages(6 * round)], test::pages(6));
        }
    }
    std::size_t pages = 0;
    for (const auto& range : ranges) pages += test::resident_pages(range);
    return pages;
}

}  // namespace

TEST_CASE("pool_wide: pages that a reset need not restore count as well") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    CHECK(left_by_wandering_instances<ps::dirty::pagemap_scan>() <= 20);
    CHECK(left_by_wandering_instances<ps::dirty::write_protect>() <= 20);
    CHECK(left_by_wandering_instances<ps::dirty::adaptive<>>() <= 20);
    CHECK(left_by_wandering_instances<ps::dirty::reported>() <= 20);
    CHECK(left_by_wandering_instances<ps::dirty::fault_gate<ps::dirty::adaptive<>>>() <= 20);
}
