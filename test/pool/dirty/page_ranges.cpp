// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool/dirty/detail/page_ranges.hpp>

#include <catch2/catch.hpp>

#include <vector>

namespace os = palimpsest::os;
using palimpsest::dirty::detail::page_ranges;

namespace {

os::address_range page_range(std::size_t first, std::size_t end) {
    return {first * os::page_size, end * os::page_size};
}

std::vector<os::address_range> all(const page_ranges& ranges) {
    return {ranges.begin(), ranges.end()};
}

}  // namespace

TEST_CASE("ranges that touch become one") {
    page_ranges ranges;
    REQUIRE(ranges.append(page_range(1, 2)));
    REQUIRE(ranges.append(page_range(2, 5)));
    REQUIRE(ranges.append(page_range(5, 5)));
    REQUIRE(ranges.append(page_range(7, 8)));
    CHECK(all(ranges) == std::vector{page_range(1, 5), page_range(7, 8)});
    CHECK(ranges.pages() == 5);
}

TEST_CASE("pages are removed from the start, the middle and the end of ranges") {
    page_ranges ranges;
    REQUIRE(ranges.append(page_range(0, 10)));
    REQUIRE(ranges.append(page_range(20, 30)));
    REQUIRE(ranges.remove(page_range(4, 6)));
    CHECK(all(ranges) == std::vector{page_range(0, 4), page_range(6, 10), page_range(20, 30)});
    REQUIRE(ranges.remove(page_range(8, 25)));
    CHECK(all(ranges) == std::vector{page_range(0, 4), page_range(6, 8), page_range(25, 30)});
    REQUIRE(ranges.remove(page_range(0, 7)));
    CHECK(all(ranges) == std::vector{page_range(7, 8), page_range(25, 30)});
    CHECK(ranges.pages() == 6);
    REQUIRE(ranges.remove(page_range(0, 100)));
    CHECK(ranges.empty());
    CHECK(ranges.pages() == 0);
}

TEST_CASE("a list of ranges that is full says so and keeps what it has") {
    page_ranges ranges;
    for (std::size_t page = 0; page < page_ranges::most; ++page)
        REQUIRE(ranges.append(page_range(4 * page, 4 * page + 3)));
    const auto end = 4 * page_ranges::most;
    CHECK_FALSE(ranges.append(page_range(end, end + 1)));
    CHECK_FALSE(ranges.remove(page_range(1, 2)));
    // A range that continues the last one needs no room.
    CHECK(ranges.append(page_range(end - 1, end)));
}
