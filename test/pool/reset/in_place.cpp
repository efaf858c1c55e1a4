// SPDX-License-Identifier: Apache-2.0
// slot.reset() puts a held slot back to its image, in place.

#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>
#include <tuple>

#include "support/accessible.hpp"
#include "support/failing_system.hpp"
#include "support/kernel.hpp"
#include "support/other_thread.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace os = palimpsest::os;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

template <class... Policies>
using pool_of = ps::instance_pool<test::failing_system, ps::observe::counters, Policies...>;

ps::pool_limits one_slot() {
    return {.slots = 1,
            .memories = 2,
            .memory = {.maximum = 128_KiB, .guard = 64_KiB},
            .tables = 1,
            .table_elements = 512,
            .state = 4_KiB};
}

ps::image make_image() {
    const auto bytes = test::pattern(test::pages(6));
    const std::span all(bytes);
    const ps::segment whole{0, all};
    ps::image::builder builder;
    builder.state(all.first(100)).memory(0, {&whole, 1}, all.size());
    return builder.memory(1, {}, test::pages(2)).build();
}

template <class Slot>
bool holds_image(const Slot& slot) {
    return test::equal(slot.state().bytes().first(100), test::pattern(100)) &&
           test::is_zero(slot.state().bytes().subspan(100)) &&
           test::is_zero(slot.table(0).bytes()) &&
           test::equal(slot.memory(0).bytes(), test::pattern(test::pages(6))) &&
           slot.memory(1).size() == test::pages(2) && test::is_zero(slot.memory(1).bytes());
}

template <class Slot>
void write_all(const Slot& slot) {
    for (const auto bytes : {slot.state().bytes(), slot.table(0).bytes(), slot.memory(0).bytes(),
                             slot.memory(1).bytes()}) {
        std::fill(bytes.begin(), bytes.end(), std::byte{0xee});
        slot.written(bytes.data(), bytes.size());
    }
}

using compositions =
    std::tuple<pool_of<>, pool_of<ps::reset::decommit>, pool_of<ps::reset::batched<4>>,
               pool_of<ps::reset::batched<4, ps::reset::restore>, ps::budget::per_instance<16_KiB>>,
               pool_of<ps::reset::remap>, pool_of<ps::growth::high_water>,
               pool_of<ps::budget::idle_cap<16_KiB>>, pool_of<ps::dirty::everything>,
               pool_of<ps::dirty::reported>, pool_of<ps::dirty::write_protect>,
               pool_of<ps::dirty::adaptive<>>,
               pool_of<ps::dirty::fault_gate<ps::dirty::pagemap_scan, false>>,
               pool_of<ps::dirty::fault_gate<ps::dirty::adaptive<>, false>>>;

}  // namespace

TEMPLATE_LIST_TEST_CASE("a slot that is reset in place holds its image, in the sizes of the image",
                        "", compositions) {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    TestType pool(one_slot());
    const auto image = make_image();
    {
        const auto slot = pool.acquire(image);
        for (std::size_t tenant = 0; tenant < 10; ++tenant) {
            CHECK(holds_image(*slot));
            REQUIRE(slot->memory(0).grow(test::pages(tenant)));
            REQUIRE(slot->memory(1).grow(test::pages(1)));
            CHECK(test::is_zero(slot->memory(0).bytes().subspan(test::pages(6))));
            write_all(*slot);
            REQUIRE(slot->reset());
        }
        CHECK(holds_image(*slot));
        write_all(*slot);
    }
    CHECK(holds_image(*pool.acquire(image)));
    const auto counted = pool.observer().snapshot();
    CHECK(counted.resets >= 11);  // the last one may wait in a batch
    CHECK(counted.degraded == 0);
    CHECK(counted.acquired_cold == 1);
}

TEST_CASE("a reset in place makes what was grown inaccessible again") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_of<> pool(one_slot());
    const auto slot = pool.acquire(make_image());
    REQUIRE(slot->memory(0).grow(test::pages(4)));
    REQUIRE(slot->reset());
    CHECK(test::accessible(slot->memory(0).data() + test::pages(6) - 1));
    CHECK_FALSE(test::accessible(slot->memory(0).data() + test::pages(6)));
}

TEST_CASE("a slot that cannot be reset in place says so, and is mapped anew when it is released") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_of<> pool(one_slot());
    const auto image = make_image();
    {
        const auto slot = pool.acquire(image);
        write_all(*slot);
        {
            const test::failing<os::scan_pagemap> no_scan(EFAULT);
            const test::failing<os::decommit> no_decommit(EINVAL);
            CHECK_FALSE(slot->reset());
        }
        CHECK_FALSE(slot->reset());  // only a release repairs it
        CHECK_FALSE(slot->memory(0).grow(test::pages(1)));
    }
    CHECK(pool.observer().snapshot().remaps == 1);
    CHECK(holds_image(*pool.acquire(image)));
}

TEST_CASE("a slot that cannot be reset in place, nor mapped anew, is not handed out") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_of<> pool(one_slot());
    const auto image = make_image();
    auto slot = pool.acquire(image);
    write_all(*slot);
    {
        const test::failing<os::scan_pagemap> no_scan(EFAULT);
        const test::failing<os::decommit> no_decommit(EINVAL);
        const test::failing<os::map_inaccessible> no_map(ENOMEM);
        CHECK_FALSE(slot->reset());
        slot.reset();
        CHECK_FALSE(pool.acquire(image));
    }
    CHECK(holds_image(*pool.acquire(image)));
}

TEST_CASE("a batch that is full goes without the slot that is reset in place") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_of<ps::reset::batched<2>> pool(one_slot());
    const auto slot = pool.acquire(make_image());
    write_all(*slot);
    REQUIRE(slot->reset());
    const auto given_back = pool.observer().snapshot().bytes_decommitted;
    CHECK(given_back >= test::pages(10));
    CHECK(test::resident_pages(slot->memory(0).bytes()) == 0);
}

TEST_CASE("fault_gate: a reset in place of a slot that took no fault goes without a scan") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_of<ps::dirty::fault_gate<ps::dirty::pagemap_scan, false>> pool(one_slot());
    const auto slot = pool.acquire(make_image());
    auto least = ~std::uint64_t{0};
    for (int tenant = 0; tenant < 20; ++tenant) {
        REQUIRE(slot->reset());
        // Between resets nothing is allocated, which could cause a host fault.
        const bool first = slot->reset();
        test::write_pages(slot->memory(0).bytes(), 0, 4);
        const auto before = pool.observer().snapshot().scans;
        const bool second = slot->reset();
        least = std::min(least, pool.observer().snapshot().scans - before);
        REQUIRE(first);
        REQUIRE(second);
        CHECK(holds_image(*slot));
    }
    CHECK(least == 0);
}

TEST_CASE("fault_gate: a slot that another thread resets in place is that thread's from then on") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_of<ps::dirty::fault_gate<ps::dirty::pagemap_scan, false>> pool(one_slot());
    const auto slot = pool.acquire(make_image());
    test::other_thread other;
    for (int tenant = 0; tenant < 6; ++tenant) {
        other.run([&] {
            if (slot->reset())
                test::write_pages(slot->memory(0).bytes(), static_cast<std::size_t>(tenant), 1);
        });
        bool clean = false;
        other.run([&] { clean = slot->reset() && holds_image(*slot); });
        CHECK(clean);
    }
}
