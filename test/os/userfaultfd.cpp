// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/pagemap.hpp>
#include <palimpsest/os/userfaultfd.hpp>

#include <catch2/catch.hpp>

#include "support/kernel.hpp"
#include "support/pages.hpp"
#include "support/scratch_memory.hpp"

namespace os = palimpsest::os;
namespace test = palimpsest::test;

namespace {

struct tracked_memory {
    test::scratch_memory memory{8};
    os::descriptor pagemap{os::open_pagemap{}().value};
    os::descriptor tracker{os::open_write_tracker{}().value};

    std::size_t written() const {
        std::array<os::page_region, 8> regions;
        const auto scanned = os::scan_pagemap{}(pagemap.get(), memory.range(),
                                                os::page_filter::written(), regions, 0);
        REQUIRE(scanned);
        std::size_t pages = 0;
        for (std::size_t index = 0; index < scanned.value.regions; ++index)
            pages += (regions[index].end - regions[index].start) / os::page_size;
        return pages;
    }
};

}  // namespace

TEST_CASE("of protected pages, those written again are told and the others are not") {
    PALIMPSEST_NEEDS(palimpsest::dirty::write_protect);
    const tracked_memory tracked;
    const auto memory = tracked.memory.bytes();
    REQUIRE(os::track_writes{}(tracked.tracker.get(), tracked.memory.range()));
    test::write_pages(memory, 0, 6);
    CHECK(tracked.written() == 6);

    REQUIRE(os::protect_written_pages{}(tracked.pagemap.get(), tracked.memory.range()));
    CHECK(tracked.written() == 0);
    test::read_pages(memory, 0, 6);
    CHECK(tracked.written() == 0);
    test::write_pages(memory, 2, 1);
    test::write_pages(memory, 7, 1);  // never resident before, so never protected
    CHECK(tracked.written() == 2);
}

TEST_CASE("protecting memory that is not tracked is refused") {
    PALIMPSEST_NEEDS(palimpsest::dirty::write_protect);
    const tracked_memory untracked;
    test::write_pages(untracked.memory.bytes(), 0, 1);
    CHECK_FALSE(os::protect_written_pages{}(untracked.pagemap.get(), untracked.memory.range()));
}
