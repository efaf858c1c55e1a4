// SPDX-License-Identifier: Apache-2.0
// What support/main.cpp makes of skips, failures and names that match nothing; run by
// CMakeLists.txt next to it, which knows the exit status of each.

#include "support/skip.hpp"

#include <catch2/catch.hpp>

TEST_CASE("passes") { CHECK(true); }

TEST_CASE("skips") {
    PALIMPSEST_SKIP_UNLESS(true, "not reached");
    PALIMPSEST_SKIP_UNLESS(false, "for the sake of it");
    FAIL("the test goes on after the skip");
}

TEST_CASE("skips after a failure") {
    CHECK(false);
    PALIMPSEST_SKIP("too late");
}

TEST_CASE("fails in one section and skips in another") {
    SECTION("fails") { CHECK(false); }
    SECTION("skips") { PALIMPSEST_SKIP("only this section"); }
}

TEST_CASE("fails four times") {
    for (int i = 0; i != 4; ++i) {
        CHECK(false);
    }
}
