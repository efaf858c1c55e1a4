// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/budget_as_told.hpp"
#include "support/failing_system.hpp"
#include "support/faults.hpp"
#include "support/kernel.hpp"
#include "support/other_thread.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

constexpr std::size_t image_pages = 40;

/// A pool of one slot that was warmed up: its first ten pages are resident, and resets that find
/// nothing else go without a scan.
template <class Scanner, bool Checked>
struct gated_pool {
    using pool_type = ps::instance_pool<ps::dirty::fault_gate<Scanner, Checked>,
                                        ps::observe::counters, test::failing_system>;

    pool_type pool{{.slots = 1, .memory = {.maximum = 1_MiB}}};
    std::vector<std::byte> contents = test::pattern(test::pages(image_pages));
    ps::image image = ps::image::from_bytes(contents);

    gated_pool() {
        for (int tenant = 0; tenant < 20; ++tenant)
            run([](auto& slot) { test::write_pages(slot.memory(0).bytes(), 0, 10); });
    }

    /// What the pool does for a tenant that does `act`.
    template <class Act>
    ps::observe::counters::totals run(Act&& act) {
        auto slot = pool.acquire(image);
        const auto before = pool.observer().snapshot();
        act(*slot);
        { const auto released = std::move(*slot); }
        auto after = pool.observer().snapshot();
        after.scans -= before.scans;
        after.gate_hits -= before.gate_hits;
        after.pages_restored -= before.pages_restored;
        after.gate_missed_pages -= before.gate_missed_pages;
        return after;
    }
    bool is_clean() { return test::equal(pool.acquire(image)->memory(0).bytes(), contents); }
};

using gated_scan = gated_pool<ps::dirty::pagemap_scan, false>;

void rewrite(std::span<std::byte> memory) { test::write_pages(memory, 2, 5); }

/// The fewest scans of several tenants that do `act`: the kernel may disturb one with a fault.
template <class Pool, class Act>
std::uint64_t least_scans(Pool& gated, Act&& act) {
    auto least = ~std::uint64_t{0};
    for (int tenant = 0; tenant < 10; ++tenant) least = std::min(least, gated.run(act).scans);
    return least;
}

}  // namespace

TEST_CASE("fault_gate: a tenant that only rewrites resident pages is reset without a scan") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    gated_scan gated;
    std::uint64_t hits = 0;
    for (int tenant = 0; tenant < 10; ++tenant) {
        const auto done = gated.run([](auto& slot) { rewrite(slot.memory(0).bytes()); });
        CHECK(done.pages_restored == 10);
        CHECK(done.gate_hits + done.scans == 1);
        hits += done.gate_hits;
    }
    CHECK(hits > 0);
    CHECK(gated.is_clean());
}

TEST_CASE("fault_gate: the steady state of a gated pool takes no page fault") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    gated_scan gated;
    const auto run = [&] { rewrite(gated.pool.acquire(gated.image)->memory(0).bytes()); };
    CHECK(test::least_faults(run) == 0);
}

TEST_CASE("fault_gate: a page that becomes resident makes the reset scan") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    gated_scan gated;
    for (std::size_t page = 10; page < 20; ++page) {
        const auto done =
            gated.run([&](auto& slot) { test::write_pages(slot.memory(0).bytes(), page, 1); });
        CHECK(done.scans == 1);
        CHECK(done.gate_hits == 0);
        CHECK(done.pages_restored == page + 1);
    }
    CHECK(gated.is_clean());
}

TEST_CASE("fault_gate: a fault of another thread counts inside of slot.enter()") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    gated_scan gated;
    test::other_thread other;
    const auto write_there = [&](std::size_t page) {
        return gated.run([&](auto& slot) {
            other.run([&] {
                const auto scope = slot.enter();
                test::write_pages(slot.memory(0).bytes(), page, 1);
            });
        });
    };
    for (std::size_t page = 10; page < 15; ++page) {
        CHECK(write_there(page).scans == 1);
        CHECK(gated.is_clean());
    }
}

TEST_CASE("fault_gate: another thread that only rewrites inside of slot.enter() causes no scan") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    gated_scan gated;
    test::other_thread other;
    CHECK(least_scans(gated, [&](auto& slot) {
              other.run([&] {
                  const auto scope = slot.enter();
                  rewrite(slot.memory(0).bytes());
              });
          }) == 0);
    CHECK(gated.is_clean());
}

TEST_CASE("fault_gate: an announced write makes the reset scan") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    gated_scan gated;
    test::other_thread other;
    for (std::size_t page = 10; page < 15; ++page) {
        const auto done = gated.run([&](auto& slot) {
            other.run([&] { test::write_pages(slot.memory(0).bytes(), page, 1); });
            slot.announce_write();
        });
        CHECK(done.scans == 1);
        CHECK(gated.is_clean());
    }
}

TEST_CASE("fault_gate: what the acquiring thread faults after slot.leave() does not count") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    gated_scan gated;
    const test::scratch_memory host(20);
    std::size_t page = 0;
    const auto leave_then_fault = [&](auto& slot) {
        rewrite(slot.memory(0).bytes());
        slot.leave();
        test::write_pages(host.bytes(), page++, 1);
    };
    CHECK(least_scans(gated, leave_then_fault) == 0);

    const auto fault_then_leave = [&](auto& slot) {
        test::write_pages(host.bytes(), page++, 1);
        slot.leave();
    };
    CHECK(least_scans(gated, fault_then_leave) == 1);
}

TEST_CASE("fault_gate: a slot that is released by another thread is scanned, unless it was left") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    gated_scan gated;
    test::other_thread other;
    const auto release_there = [&](auto& slot) {
        other.run([&] { const auto released = std::move(slot); });
    };
    CHECK(least_scans(gated, release_there) == 1);
    CHECK(least_scans(gated, [&](auto& slot) {
              slot.leave();
              release_there(slot);
          }) == 0);
}

TEST_CASE("fault_gate: where faults cannot be counted every reset scans") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    gated_scan gated;
    const test::failing<ps::os::count_page_faults> refused(EINVAL);
    CHECK(least_scans(gated, [](auto& slot) { rewrite(slot.memory(0).bytes()); }) == 1);
    CHECK(gated.is_clean());
}

TEST_CASE("fault_gate: a scan that fails is not taken for a list of what is resident") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    gated_scan gated;
    {
        const test::failing<ps::os::scan_pagemap> refused(EINTR);
        gated.run([](auto& slot) { test::write_pages(slot.memory(0).bytes(), 20, 3); });
    }
    CHECK(gated.is_clean());
    gated.run([](auto& slot) { test::write_pages(slot.memory(0).bytes(), 30, 3); });
    gated.run([](auto& slot) { rewrite(slot.memory(0).bytes()); });
    CHECK(gated.is_clean());
}

TEST_CASE("fault_gate: a checked gate finds a write that was not announced") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    gated_pool<ps::dirty::pagemap_scan, true> gated;
    test::other_thread other;
    std::uint64_t missed = 0;
    for (std::size_t page = 10; page < 20; ++page) {
        missed += gated
                      .run([&](auto& slot) {
                          other.run([&] { test::write_pages(slot.memory(0).bytes(), page, 1); });
                      })
                      .gate_missed_pages;
        CHECK(gated.is_clean());
    }
    CHECK(missed > 0);

    const auto announced = gated.run([&](auto& slot) {
        other.run([&] { test::write_pages(slot.memory(0).bytes(), 30, 1); });
        slot.announce_write();
    });
    CHECK(announced.gate_missed_pages == 0);
    CHECK(gated.is_clean());
}

TEST_CASE("fault_gate: over write_protect, a tenant without a fault needs no reset at all") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    gated_pool<ps::dirty::write_protect, false> gated;
    CHECK(least_scans(gated, [](auto& slot) { test::read_pages(slot.memory(0).bytes(), 0, 10); }) ==
          0);
    const auto rewritten = gated.run([](auto& slot) { rewrite(slot.memory(0).bytes()); });
    CHECK(rewritten.scans == 1);
    CHECK(rewritten.pages_restored == 5);
    CHECK(gated.is_clean());
}

TEST_CASE("fault_gate: over adaptive, hot pages are restored without a scan") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    gated_pool<ps::dirty::adaptive<8>, false> gated;
    std::uint64_t restored = 0;
    CHECK(least_scans(gated, [&](auto& slot) { rewrite(slot.memory(0).bytes()); }) == 0);
    for (int tenant = 0; tenant < 10; ++tenant)
        restored = gated.run([](auto& slot) { rewrite(slot.memory(0).bytes()); }).pages_restored;
    CHECK(restored >= 5);
    CHECK(gated.is_clean());
    for (std::size_t page = 10; page < 30; ++page) {
        gated.run([&](auto& slot) { test::write_pages(slot.memory(0).bytes(), page, 1); });
        CHECK(gated.is_clean());
    }
}

TEST_CASE("fault_gate: a growth announces a write, unless it is by a thread that counts") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    gated_scan gated;
    test::other_thread other;
    const auto grow = [](auto& slot) { (void)slot.memory(0).grow(test::pages(1)); };
    CHECK(least_scans(gated, grow) == 0);
    CHECK(least_scans(gated, [&](auto& slot) {
              other.run([&] {
                  const auto scope = slot.enter();
                  grow(slot);
              });
          }) == 0);
    CHECK(least_scans(gated, [&](auto& slot) { other.run([&] { grow(slot); }); }) == 1);
    CHECK(least_scans(gated, [&](auto& slot) {
              slot.leave();
              grow(slot);
          }) == 1);
    CHECK(gated.is_clean());
}

TEST_CASE("fault_gate: a scope of one slot does not count for a growth of another") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    gated_scan gated;
    gated_scan beside;
    const auto other_slot = beside.pool.acquire(beside.image);
    test::other_thread other;
    CHECK(least_scans(gated, [&](auto& slot) {
              other.run([&] {
                  const auto scope = other_slot->enter();
                  (void)slot.memory(0).grow(test::pages(1));
              });
          }) == 1);
}

TEST_CASE("fault_gate: over adaptive, a budget that is 0 for a moment leaves nothing behind") {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    using told = test::budget_as_told;
    ps::instance_pool<ps::dirty::fault_gate<ps::dirty::adaptive<>, false>, told> pool(
        {.slots = 1, .memory = {.maximum = 1_MiB}});
    const auto contents = test::pattern(test::pages(image_pages));
    const auto image = ps::image::from_bytes(contents);
    const auto moment = GENERATE(std::size_t{1}, std::size_t{4}, std::size_t{9});
    for (std::size_t tenant = 0; tenant < 30; ++tenant) {
        told::pages = tenant % (moment + 1) == moment ? 0 : tenant % 3 == 0 ? 6 : 1000;
        const auto slot = pool.acquire(image);
        CHECK(test::equal(slot->memory(0).bytes(), contents));
        test::write_pages(slot->memory(0).bytes(), tenant % 4, 12, std::byte{0x77});
    }
    told::pages = ps::budget::no_limit;
    CHECK(test::equal(pool.acquire(image)->memory(0).bytes(), contents));
}
