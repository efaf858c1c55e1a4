// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <palimpsest/detail/concatenate.hpp>
#include <string>
#include <string_view>

using palimpsest::detail::concatenate;

TEST_CASE("parts of a message stand one behind the other") {
    const std::string name = "memory";
    CHECK(concatenate({name, " ", std::size_t{3}, std::string_view(" of "), -7}) ==
          "memory 3 of -7");
    CHECK(concatenate({}).empty());
    CHECK(concatenate({""}).empty());
}

TEST_CASE("the largest and the least number are written in full") {
    CHECK(concatenate({std::numeric_limits<std::uint64_t>::max()}) == "18446744073709551615");
    CHECK(concatenate({std::numeric_limits<std::int64_t>::min()}) == "-9223372036854775808");
    CHECK(concatenate({std::uint8_t{200}, ",", std::int8_t{-100}}) == "200,-100");
}

TEST_CASE("a part may be a text with a number behind it") {
    CHECK(concatenate({{"v", 7}, " is ", {"block", 0}}) == "v7 is block0");
}
