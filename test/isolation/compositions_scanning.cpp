// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "compositions.hpp"
#include "support/kernel.hpp"

namespace test = palimpsest::test;

namespace {

using pagemap_scan = palimpsest::dirty::pagemap_scan;
using soft_dirty = palimpsest::dirty::soft_dirty;
using first_supported = palimpsest::dirty::first_supported<palimpsest::dirty::soft_dirty,
                                                           palimpsest::dirty::pagemap_scan>;

}  // namespace

TEMPLATE_TEST_CASE("no instance sees what another wrote, whatever is composed with the policy", "",
                   pagemap_scan, soft_dirty, first_supported) {
    PALIMPSEST_NEEDS(TestType);
    test::play_tenancies_with<TestType>();
}

TEMPLATE_TEST_CASE("a pool does what its model does, whatever is composed with the policy", "",
                   pagemap_scan, soft_dirty, first_supported) {
    PALIMPSEST_NEEDS(TestType);
    test::check_model_with<TestType>();
}
