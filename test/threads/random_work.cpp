// SPDX-License-Identifier: Apache-2.0
// Threads that acquire, write, compare and release at random.

#include <boost/hana/for_each.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <catch2/catch.hpp>

#include "support/crew.hpp"
#include "support/kernel.hpp"
#include "support/workload.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

constexpr std::size_t threads = 4;
constexpr std::size_t rounds = 150;

template <class... Policies>
void work_together(std::size_t slots) {
    const auto seed = Catch::rngSeed();
    INFO("seed " << seed);
    test::random_source random(seed);
    const auto starts = test::make_starts(3, random);
    ps::instance_pool<Policies..., ps::observe::counters> pool(test::workload_limits(slots));
    REQUIRE(test::run_crew(threads, [&](std::size_t number) {
                return test::work_at_random(pool, starts, seed + 1 + number, rounds);
            }) == "");

    const auto totals = pool.observer().snapshot();
    CHECK(totals.acquired_warm + totals.acquired_cold == threads * rounds);
    CHECK(totals.degraded == 0);
    CHECK(totals.quarantined == 0);
    CHECK(totals.gate_missed_pages == 0);
    // Every slot is free again, those in a batch included.
    std::vector<typename decltype(pool)::slot> all;
    while (auto slot = pool.acquire(starts[0].from)) all.push_back(std::move(*slot));
    CHECK(all.size() == slots);
}

}  // namespace

TEST_CASE("threads that share a pool see no byte of each other, with any way to find dirty pages") {
    using namespace ps::dirty;
    boost::hana::for_each(boost::hana::tuple_t<pagemap_scan, write_protect, adaptive<4>,
                                               fault_gate<>, fault_gate<adaptive<4>>, reported>,
                          [](auto policy) {
                              using dirty = typename decltype(policy)::type;
                              INFO(dirty::name);
                              if (test::supported<dirty>()) work_together<dirty>(5);
                          });
}

TEST_CASE("threads that share a pool see no byte of each other, with any way to reuse and reset") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    using namespace ps::budget;
    using namespace ps::reset;
    using namespace ps::reuse;
    work_together<lifo, warm_limit<2>>(6);
    work_together<warm_limit<1>, pool_wide<64_KiB>, ps::growth::high_water>(5);
    work_together<batched<3>, warm_limit<2>>(6);
    work_together<batched<3, restore>, lifo, pool_wide<96_KiB>>(6);
    work_together<ps::dirty::fault_gate<>, batched<2, restore>, per_instance<32_KiB>,
                  pool_wide<96_KiB>, idle_cap<64_KiB>>(5);
    work_together<remap, lifo>(5);
}
