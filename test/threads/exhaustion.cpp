// SPDX-License-Identifier: Apache-2.0
// A pool is exhausted when every slot is in use, and not a moment earlier.

#include <atomic>
#include <catch2/catch.hpp>
#include <mutex>
#include <thread>

#include "support/crew.hpp"
#include "support/workload.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

constexpr std::size_t threads = 4;

template <class... Policies>
void acquire_with_a_slot_each(std::size_t rounds) {
    ps::instance_pool<Policies...> pool(
        {.slots = threads, .memory = {.maximum = 64_KiB, .guard = 64_KiB}});
    const ps::image images[] = {ps::image::zeroed(4_KiB), ps::image::zeroed(64_KiB)};
    REQUIRE(test::run_crew(threads, [&](std::size_t number) -> std::string {
                for (std::size_t round = 0; round < rounds; ++round) {
                    auto slot = pool.acquire(images[(round / 8 + number) % 2]);
                    if (!slot) return "no slot to be had in round " + std::to_string(round);
                    slot->memory(0).data()[0] = std::byte{1};
                }
                return {};
            }) == "");
}

/// As many free lists as slots, none of them a thread's own, and a yield after each look into one:
/// what a search can miss, it misses often.
struct crossing_searches {
    using role = ps::roles::threading;

    class mutex {
      public:
        void lock() { mutex_.lock(); }
        void unlock() {
            mutex_.unlock();
            std::this_thread::yield();
        }

      private:
        std::mutex mutex_;
    };

    static std::size_t shards(std::size_t slots) { return slots; }
    static std::size_t home(std::size_t shards) {
        static std::atomic<std::size_t> next{0};
        return next++ % shards;
    }
};

}  // namespace

TEST_CASE("with a slot for each thread no thread goes without") {
    // The resets that need no support of the kernel, so that this runs everywhere.
    using namespace ps::reset;
    using ps::dirty::everything;
    acquire_with_a_slot_each<everything>(2'000);
    acquire_with_a_slot_each<everything, ps::reuse::lifo>(2'000);
    acquire_with_a_slot_each<everything, ps::reuse::warm_limit<2>>(2'000);
    acquire_with_a_slot_each<decommit>(2'000);
    acquire_with_a_slot_each<batched<3>>(2'000);
    acquire_with_a_slot_each<batched<threads>>(2'000);
    acquire_with_a_slot_each<batched<2>, ps::reuse::warm_limit<1>, ps::reuse::lifo>(2'000);
    acquire_with_a_slot_each<everything, batched<3, restore>, ps::budget::per_instance<8_KiB>>(
        2'000);
}

TEST_CASE("a slot that is freed behind the back of a search is found all the same") {
    // There is nothing to reset, so only the free lists matter.
    ps::instance_pool<ps::reset::decommit, ps::reuse::lifo, crossing_searches> pool(
        {.slots = threads, .memories = 0, .state = 1});
    const auto start = ps::image_builder{}.build();
    REQUIRE(test::run_crew(threads, [&](std::size_t) -> std::string {
                for (int round = 0; round < 10'000; ++round)
                    if (!pool.acquire(start)) return "no slot to be had";
                return {};
            }) == "");
}

TEST_CASE("a pool whose slots are all in use has no other, and has one after a release") {
    ps::instance_pool<ps::reset::batched<3>> pool(test::workload_limits(4));
    const auto start = ps::image::zeroed(4_KiB);
    for (int round = 0; round < 3; ++round) {
        std::vector<typename decltype(pool)::slot> all;
        for (int count = 0; count < 4; ++count) {
            auto slot = pool.acquire(start);
            REQUIRE(slot);
            all.push_back(std::move(*slot));
        }
        REQUIRE_FALSE(pool.acquire(start));
        all.pop_back();
        REQUIRE(pool.acquire(start));
    }
}
