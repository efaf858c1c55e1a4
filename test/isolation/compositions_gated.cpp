// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "compositions.hpp"
#include "support/kernel.hpp"

namespace test = palimpsest::test;

namespace {

using fault_gate = palimpsest::dirty::fault_gate<>;
using fault_gate_over_adaptive = palimpsest::dirty::fault_gate<palimpsest::dirty::adaptive<8>>;
using everything = palimpsest::dirty::everything;

}  // namespace

TEMPLATE_TEST_CASE("no instance sees what another wrote, whatever is composed with the policy", "",
                   fault_gate, fault_gate_over_adaptive, everything) {
    PALIMPSEST_NEEDS(TestType);
    test::play_tenancies_with<TestType>();
}

TEMPLATE_TEST_CASE("a pool does what its model does, whatever is composed with the policy", "",
                   fault_gate, fault_gate_over_adaptive, everything) {
    PALIMPSEST_NEEDS(TestType);
    test::check_model_with<TestType>();
}
