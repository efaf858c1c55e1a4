// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>
#include <palimpsest/pool/observe/counters.hpp>

#include <catch2/catch.hpp>

#include <thread>
#include <vector>

#include "support/pages.hpp"

namespace ps = palimpsest;
namespace event = palimpsest::event;
namespace test = palimpsest::test;
using namespace ps::literals;

TEST_CASE("counters: each event counts in its own total") {
    ps::observe::counters counters;
    counters.see(event::acquired{0, true});
    counters.see(event::acquired{0, true});
    counters.see(event::acquired{0, false});
    for (int count = 0; count < 3; ++count) counters.see(event::exhausted{});
    for (int count = 0; count < 4; ++count) counters.see(event::released{0});
    counters.see(event::restored{0, 50});
    counters.see(event::restored{0, 5});
    counters.see(event::decommitted{0, 6000});
    for (int count = 0; count < 7; ++count) counters.see(event::remapped{0});
    for (int count = 0; count < 8; ++count) counters.see(event::scanned{});
    for (int count = 0; count < 9; ++count) counters.see(event::gate_hit{});
    for (int count = 0; count < 10; ++count) counters.see(event::gate_missed_page{0});
    for (int count = 0; count < 11; ++count)
        counters.see(event::degraded{0, event::reset_step::decommit});
    for (int count = 0; count < 12; ++count) counters.see(event::quarantined{0});
    for (int count = 0; count < 13; ++count) counters.see(event::system_call{"madvise"});
    const auto all = counters.snapshot();
    CHECK(all.acquired_warm == 2);
    CHECK(all.acquired_cold == 1);
    CHECK(all.exhausted == 3);
    CHECK(all.resets == 4);
    CHECK(all.pages_restored == 55);
    CHECK(all.bytes_decommitted == 6000);
    CHECK(all.remaps == 7);
    CHECK(all.scans == 8);
    CHECK(all.gate_hits == 9);
    CHECK(all.gate_missed_pages == 10);
    CHECK(all.degraded == 11);
    CHECK(all.quarantined == 12);
    CHECK(all.system_calls == 13);
}

TEST_CASE("counters: what many threads count is all in the totals") {
    ps::observe::counters counters;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 20; ++thread)
        threads.emplace_back([&] {
            for (int count = 0; count < 1000; ++count) counters.see(event::scanned{});
        });
    for (auto& thread : threads) thread.join();
    CHECK(counters.snapshot().scans == 20'000);
}

namespace {

/// A user's own observer, which cares about two events.
struct listener {
    using role = ps::roles::observe;
    std::vector<std::size_t> acquired;
    std::vector<std::string> calls;

    void see(const event::acquired& seen) noexcept { acquired.push_back(seen.slot); }
    void see(const event::system_call& seen) noexcept { calls.emplace_back(seen.name); }
    template <class Other>
    void see(const Other&) noexcept {}
};

}  // namespace

namespace {

/// One that takes only the events that it lists.
struct listener_of_two {
    using role = ps::roles::observe;
    using sees = event::list<event::acquired, event::released>;
    std::vector<std::size_t> acquired;
    int released = 0;

    void see(const event::acquired& seen) noexcept { acquired.push_back(seen.slot); }
    void see(const event::released&) noexcept { ++released; }
};

/// One that takes them in every permitted way: const, static, and with a template for any
/// reference.
struct listener_of_all_kinds {
    using role = ps::roles::observe;
    static inline int acquired = 0;
    mutable int released = 0;
    mutable int others = 0;

    static void see(const event::acquired&) noexcept { ++acquired; }
    void see(const event::released&) const noexcept { ++released; }
    template <class Other>
    void see(Other&&) const noexcept {
        ++others;
    }
};

}  // namespace

TEST_CASE("an observer is told of the events that it lists, and of no others") {
    ps::instance_pool<listener_of_two, ps::reset::decommit> pool(
        {.slots = 1, .memory = {.maximum = 64_KiB}});
    const auto image = ps::image::zeroed(64_KiB);
    { const auto slot = pool.acquire(image); }
    { const auto slot = pool.acquire(image); }
    CHECK(pool.observer().acquired == std::vector<std::size_t>{0, 0});
    CHECK(pool.observer().released == 2);
}

TEST_CASE("an observer may take events by members that are const, static or templates") {
    ps::instance_pool<listener_of_all_kinds, ps::reset::decommit> pool(
        {.slots = 1, .memory = {.maximum = 64_KiB}});
    const auto image = ps::image::zeroed(64_KiB);
    { const auto slot = pool.acquire(image); }
    CHECK(listener_of_all_kinds::acquired == 1);
    CHECK(pool.observer().released == 1);
    CHECK(pool.observer().others > 0);
}

TEST_CASE("an observer of the user's own is told of slots and of system calls by name") {
    ps::instance_pool<listener, ps::reset::decommit> pool(
        {.slots = 1, .memory = {.maximum = 64_KiB}});
    const auto image = ps::image::zeroed(64_KiB);
    { const auto slot = pool.acquire(image); }
    pool.observer().calls.clear();
    { const auto slot = pool.acquire(image); }
    CHECK(pool.observer().acquired == std::vector<std::size_t>{0, 0});
    CHECK(pool.observer().calls == std::vector<std::string>{"madvise"});
}
