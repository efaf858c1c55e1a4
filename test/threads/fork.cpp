// SPDX-License-Identifier: Apache-2.0
// Forking while other threads acquire and release.

#include <unistd.h>

#include <atomic>
#include <boost/hana/for_each.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <catch2/catch.hpp>
#include <thread>

#include "support/child.hpp"
#include "support/kernel.hpp"
#include "support/sanitizer.hpp"
#include "support/skip.hpp"
#include "support/workload.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

constexpr std::size_t threads = 2;
constexpr int forks = 50;

template <class... Policies>
void fork_among_workers() {
    test::random_source random(Catch::rngSeed());
    const auto starts = test::make_starts(2, random);
    // The children inherit what the workers hold, two slots each, as slots in use.
    ps::instance_pool<Policies..., ps::observe::counters> pool(
        test::workload_limits(2 * threads + 2));
    std::atomic<bool> ends{false};
    std::atomic<int> wrong{0};
    std::vector<std::thread> workers;
    for (std::size_t number = 0; number < threads; ++number)
        workers.emplace_back([&, number] {
            for (std::uint64_t seed = number; !ends; seed += threads)
                if (!test::work_at_random(pool, starts, seed, 5).empty()) ++wrong;
        });
    std::string complaint;
    for (int count = 0; count < forks && complaint.empty(); ++count) {
        test::child child([&] { return test::work_at_random(pool, starts, 7, 6); }, 20);
        complaint = child.wait();
    }
    ends = true;
    for (auto& worker : workers) worker.join();
    CHECK(complaint == "");
    CHECK(wrong == 0);
    CHECK(pool.observer().snapshot().degraded == 0);
}

}  // namespace

TEST_CASE("a fork while other threads use a pool leaves both processes with one that works") {
    using namespace ps::dirty;
    PALIMPSEST_SKIP_UNLESS(test::allocates_after_fork,
                           "a sanitizer's allocator may stay locked in the child of a fork");
    ::alarm(100);  // a deadlock ends the test instead of hanging it
    fork_among_workers<ps::reset::batched<3>>();
    boost::hana::for_each(
        boost::hana::tuple_t<pagemap_scan, fault_gate<adaptive<4>>>, [](auto policy) {
            using dirty = typename decltype(policy)::type;
            if (test::supported<dirty>())
                fork_among_workers<dirty, ps::reset::batched<2, ps::reset::restore>,
                                   ps::budget::per_instance<32_KiB>, ps::reuse::warm_limit<2>>();
        });
    ::alarm(0);
}
