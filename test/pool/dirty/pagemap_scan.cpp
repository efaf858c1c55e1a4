// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/failing_system.hpp"
#include "support/faults.hpp"
#include "support/kernel.hpp"
#include "support/pages.hpp"
#include "support/scratch_memory.hpp"
#include "support/skip.hpp"
#include "support/thrown.hpp"

namespace ps = palimpsest;
namespace os = palimpsest::os;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type = ps::instance_pool<ps::dirty::pagemap_scan, ps::budget::unlimited,
                                    ps::budget::idle_cap<ps::budget::no_limit>,
                                    ps::observe::counters, test::failing_system>;

/// The kernel, with nobody to tell.
struct some_system {
    template <os::Call Which, class... Arguments>
    auto operator()(Which call, Arguments&&... arguments) const noexcept {
        return call(std::forward<Arguments>(arguments)...);
    }
    template <class Event>
    void tell(const Event&) const noexcept {}
};

ps::pool_limits one_slot() {
    return {.slots = 1,
            .memory = {.maximum = 32_MiB},
            .tables = 1,
            .table_elements = 512,
            .state = 4_KiB};
}

}  // namespace

TEST_CASE("pagemap_scan: what was written holds the image again") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto contents = test::pattern(test::pages(20));
    const auto image = ps::image::from_bytes(contents);
    for (int tenant = 0; tenant < 3; ++tenant) {
        auto slot = pool.acquire(image);
        REQUIRE(slot);
        CHECK(test::equal(slot->memory(0).bytes(), contents));
        test::write_pages(slot->memory(0).bytes(), 3, 5);
        test::write_pages(slot->memory(0).bytes(), 19, 1);
    }
    CHECK(pool.observer().snapshot().pages_restored == 3 * 6);
}

TEST_CASE("pagemap_scan: a page of the image that was only read is not restored") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = ps::image::from_bytes(test::pattern(test::pages(20)));
    {
        const auto slot = pool.acquire(image);
        test::read_pages(slot->memory(0).bytes(), 0, 20);
        test::write_pages(slot->memory(0).bytes(), 7, 1);
    }
    CHECK(pool.observer().snapshot().pages_restored == 1);
}

TEST_CASE("pagemap_scan: a page of zeros that was only read is not restored") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    PALIMPSEST_SKIP_UNLESS(test::has_zero_page(), test::no_zero_page);
    pool_type pool(one_slot());
    {
        const auto slot = pool.acquire(ps::image::zeroed(test::pages(20)));
        test::read_pages(slot->memory(0).bytes(), 0, 20);
        test::write_pages(slot->memory(0).bytes(), 7, 1);
    }
    CHECK(pool.observer().snapshot().pages_restored == 1);
}

TEST_CASE("pagemap_scan: more than 1,000 disjoint dirty runs are all restored") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    constexpr std::size_t runs = 1500;
    pool_type pool(one_slot());
    const auto image = ps::image::zeroed(test::pages(2 * runs));
    {
        const auto slot = pool.acquire(image);
        for (std::size_t run = 0; run < runs; ++run)
            test::write_pages(slot->memory(0).bytes(), 2 * run, 1);
    }
    const auto counted = pool.observer().snapshot();
    CHECK(counted.pages_restored == runs);
    CHECK(counted.bytes_decommitted == 0);
    CHECK(test::is_zero(pool.acquire(image)->memory(0).bytes()));
}

TEST_CASE("pagemap_scan: state, tables and the first memory are found by one scan") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    auto limits = one_slot();
    std::uint64_t scans = 1;
    SECTION("when the guard before the memory is short") {}
    SECTION("but by two when it is long") {
        limits.memory.guard_before = 8_MiB;
        scans = 2;
    }
    pool_type pool(limits);
    const auto image = ps::image::zeroed(test::pages(20));
    {
        const auto slot = pool.acquire(image);
        test::write_pages(slot->state().bytes(), 0, 1);
        test::write_pages(slot->table(0).bytes(), 0, 1);
        test::write_pages(slot->memory(0).bytes(), 0, 1);
    }
    CHECK(pool.observer().snapshot().scans == scans);
    CHECK(pool.observer().snapshot().pages_restored == 3);
    const auto slot = pool.acquire(image);
    CHECK(test::is_zero(slot->state().bytes()));
    CHECK(test::is_zero(slot->table(0).bytes()));
    CHECK(test::is_zero(slot->memory(0).bytes()));
}

TEST_CASE("pagemap_scan: the steady state of a restoring pool takes no page fault") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = ps::image::from_bytes(test::pattern(test::pages(64)));
    const auto run = [&] { test::write_pages(pool.acquire(image)->memory(0).bytes(), 0, 64); };
    run();
    CHECK(test::least_faults(run) == 0);
    CHECK(pool.observer().snapshot().acquired_warm == 10);
}

TEST_CASE("pagemap_scan: building a pool on a kernel without it says what to choose") {
    const test::failing<ps::os::scan_pagemap> refused(ENOTTY);
    const auto text = test::text_of<std::system_error>([] { const pool_type pool(one_slot()); });
    CHECK(text.find("PAGEMAP_SCAN (Linux 6.7)") != std::string::npos);
    CHECK(text.find("dirty::first_supported<dirty::pagemap_scan") != std::string::npos);
}

TEST_CASE("pagemap_scan: building a pool without file descriptors says so") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    const test::failing<ps::os::open_pagemap> refused(EMFILE);
    const auto text = test::text_of<std::system_error>([] { const pool_type pool(one_slot()); });
    CHECK(text.find("file descriptors") != std::string::npos);
}

TEST_CASE(
    "pagemap_scan: what one tenant read of a large image does not slow the later resets down") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    const bool alternating = GENERATE(false, true);  // with pages that it wrote
    CAPTURE(alternating);
    ps::instance_pool<> pool({.slots = 1, .memory = {.maximum = 4_MiB}});
    const auto contents = test::pattern(4_MiB);
    const auto image = ps::image::from_bytes(contents);
    ps::os::address_range range;
    const auto only_read = [&] {
        return test::count_pages(range, ps::os::page_filter::only_read());
    };
    {
        const auto slot = pool.acquire(image);
        const auto memory = slot->memory(0).bytes();
        range = test::range_of(memory);
        test::read_pages(memory, 0, 1024);
        for (std::size_t page = 0; alternating && page < 1024; page += 8)
            test::write_pages(memory, page, 1);
    }
    CHECK(only_read() > 512);
    for (std::size_t reset = 0; reset < ps::dirty::detail::walk_census::period; ++reset)
        (void)pool.acquire(image);
    CHECK(only_read() == 0);
    CHECK(test::equal(pool.acquire(image)->memory(0).bytes(), contents));
}

TEST_CASE("pagemap_scan: a long run is found a part at a time, so that a sink may stop early") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    const test::scratch_memory memory(2'000);
    test::write_pages(memory.bytes(), 0, 2'000);
    some_system system;
    const os::descriptor pagemap(os::open_pagemap{}().value);
    const std::array spans{memory.range()};
    std::size_t largest = 0;
    std::size_t found = 0;
    const auto stop_at = [&](std::size_t most) {
        largest = found = 0;
        return ps::dirty::detail::scan(system, pagemap.get(), os::page_filter::resident(), spans, 0,
                                       ~std::size_t{0}, [&](os::address_range range) {
                                           largest = std::max(largest, range.pages());
                                           const auto taken = std::min(range.pages(), most - found);
                                           found += taken;
                                           return taken;
                                       });
    };
    CHECK(stop_at(2).walked_to == memory.range().begin + test::pages(2));
    CHECK(largest <= 64);
    CHECK(stop_at(2'000).walked_to == memory.range().end);
    CHECK(found == 2'000);
}
