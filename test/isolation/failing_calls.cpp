// SPDX-License-Identifier: Apache-2.0
// Each system call of a workload fails once, in a separate run.

#include <catch2/catch.hpp>
#include <optional>
#include <palimpsest/pool.hpp>
#include <system_error>

#include "support/failing_system.hpp"
#include "support/kernel.hpp"
#include "support/workload.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

/// One failing call can lose at most one slot, and the workload needs two.
constexpr std::size_t slots = 4;
constexpr std::size_t rounds = 40;

/// What a tenant wrongly saw, or that a failed call left no pool or no slot.
template <class Pool>
std::string work(std::optional<Pool>& pool, const std::vector<test::start>& starts,
                 const test::failing<test::any_call>& call) {
    try {
        if (!pool) pool.emplace(test::workload_limits(slots));
        return test::work_at_random(*pool, starts, 11, rounds);
    } catch (const std::system_error& refused) {
        return call.failed() == 1 ? "" : refused.what();
    }
}

/// Returns the number of calls that were made to fail.
template <class... Policies>
std::size_t fail_each_call() {
    test::random_source random(5);
    const auto starts = test::make_starts(3, random);
    for (std::size_t number = 1;; ++number) {
        const test::failing<test::any_call> call(ENOMEM, number, 1);
        {
            std::optional<ps::instance_pool<Policies..., test::failing_system>> pool;
            INFO("call " << number << " fails");
            REQUIRE(work(pool, starts, call) == "");
            REQUIRE(work(pool, starts, call) == "");
        }
        if (call.failed() == 0) return number - 1;
    }
}

}  // namespace

TEST_CASE("whichever system call fails, no instance sees what another wrote: restoring") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    CHECK(fail_each_call<ps::dirty::pagemap_scan, ps::budget::per_instance<32_KiB>>() > 50);
}

TEST_CASE("whichever system call fails, no instance sees what another wrote: gated and protected") {
    PALIMPSEST_NEEDS(ps::dirty::adaptive<4>);
    CHECK(fail_each_call<ps::dirty::fault_gate<ps::dirty::adaptive<4>>>() > 50);
}

TEST_CASE("whichever system call fails, no instance sees what another wrote: batched") {
    CHECK(fail_each_call<ps::dirty::everything, ps::reset::batched<2>, ps::growth::high_water>() >
          50);
}

TEST_CASE("whichever system call fails, no instance sees what another wrote: reported, few warm") {
    CHECK(fail_each_call<ps::dirty::reported, ps::budget::pool_wide<64_KiB>,
                         ps::reuse::warm_limit<2>, ps::reset::restore>() > 50);
}
