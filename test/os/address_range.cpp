// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/os/address_range.hpp>

#include <catch2/catch.hpp>

namespace os = palimpsest::os;

TEST_CASE("bytes are rounded to whole pages in either direction") {
    const auto page = os::page_size;
    CHECK(os::round_up_to_page(0) == 0);
    CHECK(os::round_up_to_page(1) == page);
    CHECK(os::round_up_to_page(page) == page);
    CHECK(os::round_up_to_page(page + 1) == 2 * page);
    CHECK(os::round_down_to_page(page - 1) == 0);
    CHECK(os::round_down_to_page(page) == page);
}

TEST_CASE("a range holds its first address and not its end") {
    const os::address_range range{10, 20};
    CHECK(range.size() == 10);
    CHECK(range.contains(10));
    CHECK(range.contains(19));
    CHECK_FALSE(range.contains(20));
    CHECK_FALSE(range.contains(9));
}

TEST_CASE("ranges that only touch have an empty intersection") {
    CHECK(os::intersection({0, 10}, {5, 20}) == os::address_range{5, 10});
    CHECK(os::intersection({0, 20}, {5, 10}) == os::address_range{5, 10});
    CHECK(os::intersection({0, 10}, {10, 20}).empty());
    CHECK(os::intersection({0, 10}, {15, 20}).empty());
    CHECK(os::intersection({15, 20}, {0, 10}).size() == 0);
}
