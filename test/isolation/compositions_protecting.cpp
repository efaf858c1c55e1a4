// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "compositions.hpp"
#include "support/kernel.hpp"

namespace test = palimpsest::test;

TEST_CASE("any two policies of different roles meet in a composition") {
    STATIC_REQUIRE(test::each_two_meet(test::compositions, test::choice_counts));
}

namespace {

using write_protect = palimpsest::dirty::write_protect;
using adaptive = palimpsest::dirty::adaptive<8>;
using reported = palimpsest::dirty::reported;

}  // namespace

TEMPLATE_TEST_CASE("no instance sees what another wrote, whatever is composed with the policy", "",
                   write_protect, adaptive, reported) {
    PALIMPSEST_NEEDS(TestType);
    test::play_tenancies_with<TestType>();
}

TEMPLATE_TEST_CASE("a pool does what its model does, whatever is composed with the policy", "",
                   write_protect, adaptive, reported) {
    PALIMPSEST_NEEDS(TestType);
    test::check_model_with<TestType>();
}
