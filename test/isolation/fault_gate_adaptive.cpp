// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "compositions.hpp"
#include "support/kernel.hpp"

namespace ps = palimpsest;

TEST_CASE(
    "no instance sees what another wrote, whatever is composed with a fault_gate over adaptive") {
    using dirty = ps::dirty::fault_gate<ps::dirty::adaptive<8>>;
    PALIMPSEST_NEEDS(dirty);
    ps::test::play_tenancies_with<dirty>();
}

TEST_CASE("a pool does what its model does, whatever is composed with a fault_gate over adaptive") {
    using dirty = ps::dirty::fault_gate<ps::dirty::adaptive<8>>;
    PALIMPSEST_NEEDS(dirty);
    ps::test::check_model_with<dirty>();
}
