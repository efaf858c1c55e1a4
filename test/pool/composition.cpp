// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include <type_traits>

namespace ps = palimpsest;
using namespace ps::literals;

namespace {

template <class... Policies>
using chosen = ps::detail::composition<Policies...>;

template <class Left, class Right>
constexpr bool same = std::is_same_v<Left, Right>;

/// A user's own budget: grants every second page requested at once.
struct half {
    using role = ps::roles::budget;
    using provided_hooks = ps::provides<>;
    struct account {};
    static constexpr std::size_t most_bytes(std::size_t, std::size_t) { return 1_GiB; }
    struct purse {
        purse(half&, account&) {}
        static std::size_t most() { return 1000; }
        static std::size_t take(std::size_t, std::size_t pages) { return pages / 2; }
        static void put_back(std::size_t, std::size_t) {}
        static constexpr bool next_entity_may_have_more = false;
    };
};

}  // namespace

TEST_CASE("what is left out of a composition has a default") {
    using plain = chosen<>;
    STATIC_REQUIRE(same<plain::dirty, ps::dirty::pagemap_scan>);
    STATIC_REQUIRE(same<plain::reset, ps::reset::restore>);
    STATIC_REQUIRE(same<plain::budget, ps::budget::per_instance<2_MiB>>);
    STATIC_REQUIRE(same<plain::idle_cap, ps::budget::idle_cap<8_MiB>>);
    STATIC_REQUIRE(same<plain::reuse, ps::reuse::affinity>);
    STATIC_REQUIRE(same<plain::warm_limit, ps::reuse::no_warm_limit>);
    STATIC_REQUIRE(same<plain::threading, ps::reuse::sharded>);
    STATIC_REQUIRE(same<plain::growth, ps::growth::guarded>);
    STATIC_REQUIRE(same<plain::observe, ps::observe::nothing>);
    STATIC_REQUIRE(same<plain::system, ps::system::kernel>);
}

TEST_CASE("policies are sorted by their roles, whatever the order") {
    using one = chosen<ps::growth::high_water, ps::dirty::everything, ps::budget::idle_cap<1_MiB>,
                       ps::reuse::lifo, ps::observe::counters, ps::budget::none>;
    using other =
        chosen<ps::budget::none, ps::observe::counters, ps::reuse::lifo,
               ps::budget::idle_cap<1_MiB>, ps::dirty::everything, ps::growth::high_water>;
    STATIC_REQUIRE(same<one::growth, ps::growth::high_water>);
    STATIC_REQUIRE(same<one::growth, other::growth>);
    STATIC_REQUIRE(same<one::dirty, ps::dirty::everything>);
    STATIC_REQUIRE(same<one::dirty, other::dirty>);
    STATIC_REQUIRE(same<one::reuse, other::reuse>);
    STATIC_REQUIRE(same<one::budget, ps::budget::none>);
    STATIC_REQUIRE(same<one::budget, other::budget>);
    STATIC_REQUIRE(one::idle_cap::bytes == 1_MiB);
    STATIC_REQUIRE(same<one::observe, other::observe>);
    STATIC_REQUIRE(same<one::reset, ps::reset::restore>);
}

TEST_CASE("budgets combine, and the tightest bounds the footprint") {
    using both = chosen<ps::budget::per_entity<1_MiB>, ps::budget::per_instance<2_MiB>,
                        ps::budget::pool_wide<8_MiB>>;
    STATIC_REQUIRE(both::budget::most_bytes(3, 1) == 2_MiB);
    STATIC_REQUIRE(both::budget::most_bytes(1, 1) == 1_MiB);
    STATIC_REQUIRE(both::budget::most_bytes(3, 16) == 8_MiB);
    STATIC_REQUIRE(same<chosen<ps::budget::none>::budget, ps::budget::none>);
}

TEST_CASE("a reset that never looks for dirty pages needs no backend that the kernel may lack") {
    STATIC_REQUIRE(same<chosen<ps::reset::decommit>::dirty, ps::dirty::everything>);
    STATIC_REQUIRE(same<chosen<ps::reset::remap>::dirty, ps::dirty::everything>);
    STATIC_REQUIRE(same<chosen<ps::reset::batched<8>>::dirty, ps::dirty::everything>);
    using restoring = ps::reset::batched<8, ps::reset::restore>;
    STATIC_REQUIRE(same<chosen<restoring>::dirty, ps::dirty::pagemap_scan>);
}

TEST_CASE("every policy of the library models the concept of its role") {
    STATIC_REQUIRE(ps::dirty_policy<ps::dirty::pagemap_scan>);
    STATIC_REQUIRE(ps::dirty_policy<ps::dirty::write_protect>);
    STATIC_REQUIRE(ps::dirty_policy<ps::dirty::fault_gate<ps::dirty::adaptive<>>>);
    STATIC_REQUIRE(ps::dirty_policy<ps::dirty::adaptive<>>);
    STATIC_REQUIRE(ps::dirty_policy<ps::dirty::reported>);
    STATIC_REQUIRE(ps::dirty_policy<ps::dirty::soft_dirty>);
    STATIC_REQUIRE(ps::dirty_policy<ps::dirty::everything>);
    STATIC_REQUIRE(
        ps::dirty_policy<ps::dirty::first_supported<ps::dirty::adaptive<>, ps::dirty::everything>>);
    STATIC_REQUIRE(ps::reset_policy<ps::reset::batched<4, ps::reset::remap>>);
    STATIC_REQUIRE(ps::budget_policy<ps::budget::pool_wide<1_MiB>>);
    STATIC_REQUIRE(ps::reuse_policy<ps::reuse::affinity>);
    STATIC_REQUIRE(ps::reuse_policy<ps::reuse::lifo>);
    STATIC_REQUIRE(ps::threading_policy<ps::reuse::single_threaded>);
    STATIC_REQUIRE(ps::growth_policy<ps::growth::high_water>);
    STATIC_REQUIRE(ps::observe_policy<ps::observe::counters>);
    STATIC_REQUIRE_FALSE(ps::dirty_policy<ps::reset::restore>);
    STATIC_REQUIRE_FALSE(ps::budget_policy<ps::budget::idle_cap<1>>);
    STATIC_REQUIRE_FALSE(ps::policy<int>);
}

TEST_CASE("a policy of the user's own is as good as one of the library") {
    STATIC_REQUIRE(same<chosen<half>::budget, half>);
    ps::instance_pool<half, ps::dirty::everything, ps::observe::counters> pool(
        {.slots = 1, .memory = {.maximum = 64_KiB}});
    { const auto slot = pool.acquire(ps::image::zeroed(64_KiB)); }
    const auto pages = 64_KiB / ps::os::page_size;
    CHECK(pool.observer().snapshot().pages_restored == pages / 2);
    CHECK(pool.observer().snapshot().bytes_decommitted == 64_KiB - 64_KiB / 2);
}
