// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <palimpsest/detail/name_table.hpp>
#include <string>
#include <string_view>

using palimpsest::detail::name_table;

TEST_CASE("a name keeps the number that it was given first") {
    name_table names;
    CHECK_FALSE(names.find(""));
    CHECK(names.add("", 7));
    CHECK(names.add("one", 1));
    CHECK_FALSE(names.add("one", 2));
    CHECK(names.find("one") == 1);
    CHECK(names.find("") == 7);
    CHECK_FALSE(names.find("on"));
    CHECK(names.number_of("two", 2) == 2);
    names.number_of("two", 9) = 3;
    CHECK(names.find("two") == 3);
}

TEST_CASE("names are copied, of any bytes, and many are found") {
    name_table names;
    for (std::size_t number = 0; number < 10'000; ++number)
        REQUIRE(names.add(std::string("name\0", 5) + std::to_string(number), number));
    for (std::size_t number = 0; number < 10'000; ++number)
        REQUIRE(names.find(std::string("name\0", 5) + std::to_string(number)) == number);
    CHECK_FALSE(names.find("name"));
    names.clear();
    CHECK_FALSE(names.find(std::string("name\0", 5) + "1"));
    CHECK(names.add("name", 1));
}
