// SPDX-License-Identifier: Apache-2.0
// Slots that are written, and released, on other threads than the one that acquired them.

#include <boost/hana/for_each.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "support/crew.hpp"
#include "support/kernel.hpp"
#include "support/workload.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;

namespace {

/// Hands values from thread to thread.
template <class Value>
class queue {
  public:
    void put(Value value) {
        {
            const std::scoped_lock lock(mutex_);
            waiting_.push_back(std::move(value));
        }
        changed_.notify_one();
    }
    Value take() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !waiting_.empty(); });
        auto value = std::move(waiting_.front());
        waiting_.pop_front();
        return value;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Value> waiting_;
};

using namespace ps::dirty;
// A checked gate is clean even if it counts wrongly, and says so.
constexpr auto policies =
    boost::hana::tuple_t<pagemap_scan, write_protect, adaptive<4>, fault_gate<pagemap_scan, false>,
                         fault_gate<adaptive<4>, false>, first_supported<fault_gate<>, everything>>;

/// Calls `use` with a pool of each kind, of one slot, and an image; it gives what went wrong.
template <class Use>
void for_each_pool(Use&& use) {
    boost::hana::for_each(policies, [&](auto policy) {
        using dirty = typename decltype(policy)::type;
        if (!test::supported<dirty>()) return;
        INFO(dirty::name << ", seed " << Catch::rngSeed());
        test::random_source random(Catch::rngSeed());
        const auto starts = test::make_starts(2, random);
        ps::instance_pool<dirty, ps::observe::counters> pool(test::workload_limits(1));
        REQUIRE(use(pool, starts, random) == "");
        CHECK(pool.observer().snapshot().gate_missed_pages == 0);
    });
}

template <class Pool>
using instance_of = test::running_instance<std::remove_reference_t<Pool>>;

}  // namespace

TEST_CASE("what another thread writes inside of a scope is not seen by the next instance") {
    for_each_pool([](auto& pool, const auto& starts, auto& random) {
        for (std::size_t round = 0; round < 20; ++round) {
            const auto& from = starts[round / 5 % 2];
            instance_of<decltype(pool)> instance(pool, std::move(*pool.acquire(from.from)), from);
            // Here nothing is compared before, on most rounds: reading is a fault of this thread.
            if (round % 5 == 4)
                if (auto wrong = instance.compare(); !wrong.empty()) return wrong;
            auto wrong = test::run_crew(1, [&](std::size_t) {
                const auto scope = instance.slot().enter();
                auto found = instance.compare();
                instance.grow_and_write(random, std::byte{0x77});
                return found;
            });
            if (!wrong.empty()) return wrong;
        }
        return std::string();
    });
}

TEST_CASE("what another thread writes and announces is not seen by the next instance") {
    for_each_pool([](auto& pool, const auto& starts, auto& random) {
        for (std::size_t round = 0; round < 20; ++round) {
            const auto& from = starts[round / 5 % 2];
            instance_of<decltype(pool)> instance(pool, std::move(*pool.acquire(from.from)), from);
            auto wrong = test::run_crew(1, [&](std::size_t) {
                auto found = instance.compare();
                instance.grow_and_write(random, std::byte{0x77});
                instance.slot().announce_write();
                return found;
            });
            if (!wrong.empty()) return wrong;
        }
        return std::string();
    });
}

TEST_CASE("a slot that moves to another thread and is released there is clean") {
    for_each_pool([](auto& pool, const auto& starts, auto& random) {
        using instance = instance_of<decltype(pool)>;
        constexpr std::size_t rounds = 40;
        queue<instance> moving;
        queue<int> finished;
        std::thread other([&] {
            test::random_source its_own(Catch::rngSeed());
            for (std::size_t round = 0; round < rounds; ++round) {
                {
                    auto moved = moving.take();
                    const auto scope = moved.slot().enter();
                    if (round % 2 == 0) moved.grow_and_write(its_own, std::byte{0x66});
                }
                finished.put(1);
            }
        });
        std::string wrong;
        for (std::size_t round = 0; round < rounds; ++round) {
            const auto& from = starts[round / 5 % 2];
            instance here(pool, std::move(*pool.acquire(from.from)), from);
            if (auto found = here.compare(); !found.empty()) wrong = found;
            if (round % 3 != 0) here.grow_and_write(random, std::byte{0x55});
            // A thread that does not say that it leaves makes the reset slower, but not unclean.
            if (round % 4 < 2) here.slot().leave();
            moving.put(std::move(here));
            finished.take();
        }
        other.join();
        return wrong;
    });
}
