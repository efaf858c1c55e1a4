// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/memory_file.hpp>
#include <palimpsest/os/pagemap.hpp>

#include <catch2/catch.hpp>

#include "support/kernel.hpp"
#include "support/pages.hpp"
#include "support/scratch_memory.hpp"
#include "support/skip.hpp"

namespace os = palimpsest::os;
namespace test = palimpsest::test;
namespace category = palimpsest::os::page_category;

namespace {

/// How the kernel applies a filter to a page.
constexpr bool passes(os::page_filter filter, std::uint64_t categories) {
    categories ^= filter.inverted;
    return (categories & filter.all_of) == filter.all_of && (categories & filter.any_of) != 0;
}

std::vector<os::page_region> scan(os::address_range range, std::size_t room = 64,
                                  std::size_t most_pages = 0) {
    const os::descriptor pagemap(os::open_pagemap{}().value);
    std::vector<os::page_region> regions(room);
    const auto scanned =
        os::scan_pagemap{}(pagemap.get(), range, os::page_filter::resident(), regions, most_pages);
    REQUIRE(scanned);
    regions.resize(scanned.value.regions);
    return regions;
}

}  // namespace

TEST_CASE("a page that was written and then swapped out counts as resident") {
    constexpr auto resident = os::page_filter::resident();
    STATIC_REQUIRE(passes(resident, category::swapped));
    STATIC_REQUIRE(passes(resident, category::present));
    STATIC_REQUIRE(passes(os::page_filter::written(), category::swapped | category::written));
}

TEST_CASE("zero pages, pages of a file and pages never touched do not count as resident") {
    constexpr auto resident = os::page_filter::resident();
    STATIC_REQUIRE_FALSE(passes(resident, 0));
    STATIC_REQUIRE_FALSE(passes(resident, category::present | category::zero_page));
    STATIC_REQUIRE_FALSE(passes(resident, category::present | category::file));
}

TEST_CASE("what was written is what holds private memory, also while it is swapped or moved") {
    constexpr auto written = os::page_filter::written();
    STATIC_REQUIRE(passes(written, category::present | category::written));
    STATIC_REQUIRE(passes(written, category::swapped | category::written));
    STATIC_REQUIRE_FALSE(passes(written, category::written));
    STATIC_REQUIRE_FALSE(passes(written, category::present));
}

TEST_CASE("a scan finds the pages that were written, and no others") {
    PALIMPSEST_NEEDS(palimpsest::dirty::pagemap_scan);
    const test::scratch_memory memory(16);
    test::write_pages(memory.bytes(), 3, 2);
    test::write_pages(memory.bytes(), 9, 1);

    const auto found = scan(memory.range());
    REQUIRE(found.size() == 2);
    CHECK(found[0].start == memory.page(3).begin);
    CHECK(found[0].end == memory.page(4).end);
    CHECK(found[1].start == memory.page(9).begin);
    CHECK(found[1].end == memory.page(9).end);
}

TEST_CASE("a scan does not find pages of zeros that were only read") {
    PALIMPSEST_NEEDS(palimpsest::dirty::pagemap_scan);
    PALIMPSEST_SKIP_UNLESS(test::has_zero_page(), test::no_zero_page);
    const test::scratch_memory memory(16);
    test::read_pages(memory.bytes(), 0, 16);
    test::write_pages(memory.bytes(), 3, 1);
    const auto found = scan(memory.range());
    REQUIRE(found.size() == 1);
    CHECK(found[0].start == memory.page(3).begin);
}

TEST_CASE("a scan finds the pages of a file that were written, and not those that were read") {
    PALIMPSEST_NEEDS(palimpsest::dirty::pagemap_scan);
    const os::descriptor file(os::create_memory_file{}("test").value);
    REQUIRE(os::write_file{}(file.get(), test::pattern(test::pages(4)), 0));
    const test::scratch_memory memory(4);
    REQUIRE(os::map_copy_on_write{}(memory.range(), file.get(), 0));
    test::read_pages(memory.bytes(), 0, 4);
    test::write_pages(memory.bytes(), 2, 1);

    const auto found = scan(memory.range());
    REQUIRE(found.size() == 1);
    CHECK(found[0].start == memory.page(2).begin);
}

TEST_CASE("a scan ends when its buffer is full or its limit reached, and says how far it came") {
    PALIMPSEST_NEEDS(palimpsest::dirty::pagemap_scan);
    const test::scratch_memory memory(16);
    for (std::size_t page = 0; page < 16; page += 2) test::write_pages(memory.bytes(), page, 1);
    CHECK(scan(memory.range(), 3).size() == 3);
    CHECK(scan(memory.range(), 64, 5).size() == 5);

    const os::descriptor pagemap(os::open_pagemap{}().value);
    std::array<os::page_region, 3> regions;
    const auto scanned =
        os::scan_pagemap{}(pagemap.get(), memory.range(), os::page_filter::resident(), regions, 0);
    CHECK(scanned.value.walked_to >= memory.page(4).end);
    CHECK(scanned.value.walked_to <= memory.page(6).begin);
}

TEST_CASE("the words of the page map tell resident pages, on any kernel") {
    const test::scratch_memory memory(3);
    test::write_pages(memory.bytes(), 1, 1);
    const os::descriptor pagemap(os::open_pagemap{}().value);
    std::array<os::pagemap_word, 3> words;
    REQUIRE(os::read_pagemap{}(pagemap.get(), memory.range().begin, words).value == 3);
    CHECK_FALSE(words[0].resident());
    CHECK(words[1].resident());
    CHECK_FALSE(words[2].resident());
}
