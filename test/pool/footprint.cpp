// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

const ps::pool_limits limits{.slots = 10,
                             .memory = {.maximum = 64_MiB, .guard = 2_GiB},
                             .tables = 1,
                             .table_elements = 512,
                             .state = 4_KiB};
constexpr std::size_t writable = 64_MiB + 8_KiB;

template <class... Policies>
ps::pool_footprint footprint() {
    return ps::instance_pool<Policies...>::footprint(limits);
}

}  // namespace

TEST_CASE("the footprint of a pool says what it reserves and the worst it can commit") {
    const auto plain = footprint<>();
    CHECK(plain.reserved == 10 * (writable + 64_KiB + 2_GiB) + 64_KiB);
    CHECK(plain.worst_in_use == 10 * writable);
    CHECK(plain.worst_idle == 10 * 2_MiB);  // the default budget
}

TEST_CASE("idle slots keep what budget, idle cap and warm limit leave them") {
    CHECK(footprint<ps::reset::decommit>().worst_idle == 0);
    CHECK(footprint<ps::budget::none>().worst_idle == 0);
    CHECK(footprint<ps::budget::unlimited>().worst_idle == 10 * 8_MiB);  // the default cap
    CHECK(footprint<ps::budget::unlimited, ps::budget::idle_cap<1_GiB>>().worst_idle ==
          10 * writable);
    CHECK(footprint<ps::budget::pool_wide<10_MiB>>().worst_idle == 10_MiB);
    CHECK(footprint<ps::budget::per_entity<1_MiB>>().worst_idle == 10 * 3_MiB);
    CHECK(footprint<ps::budget::idle_cap<1_MiB>>().worst_idle == 10 * 1_MiB);
    CHECK(footprint<ps::reuse::warm_limit<3>>().worst_idle == 3 * 2_MiB);
}

TEST_CASE("where a reset does not find all that is resident, only the idle cap bounds it") {
    CHECK(footprint<ps::dirty::write_protect>().worst_idle == 10 * 8_MiB);
    CHECK(footprint<ps::dirty::first_supported<ps::dirty::write_protect, ps::dirty::everything>>()
              .worst_idle == 10 * 8_MiB);
    CHECK(footprint<ps::dirty::fault_gate<>>().worst_idle == 10 * 2_MiB);
}

TEST_CASE("a pool that stands tells the same footprint, and absurd limits are refused before") {
    using pool_type = ps::instance_pool<ps::reset::decommit>;
    const pool_type pool(limits);
    CHECK(pool.footprint().reserved == pool_type::footprint(limits).reserved);
    CHECK(pool.footprint().worst_in_use == pool_type::footprint(limits).worst_in_use);
    CHECK_THROWS_AS(pool_type::footprint({.slots = 0}), std::invalid_argument);
}

TEST_CASE("a budget of the whole pool can lie in one warm slot") {
    CHECK(footprint<ps::budget::pool_wide<4_MiB>, ps::reuse::warm_limit<1>>().worst_idle == 4_MiB);
}

TEST_CASE("slots that wait for their batch are idle, and keep what they have") {
    CHECK(footprint<ps::reset::batched<8>>().worst_idle == 7 * writable);
}
