// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include <type_traits>

namespace ps = palimpsest;
using namespace ps::literals;

namespace {

template <class... Policies>
using record =
    ps::detail::slot_record<ps::detail::pool_types<ps::detail::composition<Policies...>>>;

using kernel = ps::os::direct_system;
template <class Dirty>
using slot_data = typename Dirty::template tracker<kernel>::slot_data;

}  // namespace

TEST_CASE("policies that keep nothing are empty") {
    STATIC_REQUIRE(std::is_empty_v<ps::dirty::pagemap_scan>);
    STATIC_REQUIRE(std::is_empty_v<ps::reset::restore>);
    STATIC_REQUIRE(std::is_empty_v<ps::reset::batched<8>>);
    STATIC_REQUIRE(std::is_empty_v<ps::budget::per_instance<1_MiB>>);
    STATIC_REQUIRE(std::is_empty_v<ps::budget::per_entity<1_MiB>>);
    STATIC_REQUIRE(std::is_empty_v<ps::budget::unlimited>);
    STATIC_REQUIRE(std::is_empty_v<ps::budget::none>);
    STATIC_REQUIRE(std::is_empty_v<ps::budget::no_account>);
    STATIC_REQUIRE(std::is_empty_v<ps::growth::guarded>);
    STATIC_REQUIRE(std::is_empty_v<ps::growth::high_water>);
    STATIC_REQUIRE(std::is_empty_v<ps::observe::nothing>);
    STATIC_REQUIRE(std::is_empty_v<ps::system::kernel>);
    STATIC_REQUIRE(std::is_empty_v<ps::reuse::single_threaded::mutex>);
    STATIC_REQUIRE(
        std::is_empty_v<ps::detail::observed_system<ps::system::kernel, ps::observe::nothing>>);
    STATIC_REQUIRE(std::is_empty_v<slot_data<ps::dirty::everything>>);
    STATIC_REQUIRE(std::is_empty_v<ps::detail::no_batch>);
    STATIC_REQUIRE(std::is_empty_v<ps::detail::no_slot_count>);
}

TEST_CASE("empty budgets stay empty when they are combined") {
    using both =
        ps::detail::composition<ps::budget::per_entity<1_MiB>, ps::budget::per_instance<2_MiB>>;
    STATIC_REQUIRE(std::is_empty_v<both::budget>);
    using account =
        ps::detail::both_budgets<ps::budget::per_instance<1>, ps::budget::pool_wide<1>>::account;
    STATIC_REQUIRE(sizeof(account) == sizeof(ps::budget::pool_wide<1>::account));
}

TEST_CASE("the handle of a slot is two words") {
    STATIC_REQUIRE(sizeof(ps::instance_pool<>::slot) == 2 * sizeof(void*));
    STATIC_REQUIRE(sizeof(ps::entity_view) == 2 * sizeof(void*));
    STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<ps::instance_pool<>::slot>);
    STATIC_REQUIRE(std::is_nothrow_move_constructible_v<ps::instance_pool<>::slot>);
    STATIC_REQUIRE(std::is_nothrow_destructible_v<ps::instance_pool<>::slot>);
}

TEST_CASE("a slot's record has no room for policies that keep nothing of it") {
    struct bare {
        ps::os::address_range range;
        std::span<ps::detail::memory_state> memories;
        std::span<ps::os::address_range> spans;
        std::optional<ps::image> held;
        std::size_t kept;
        bool whole;
    };
    constexpr auto lines = [](std::size_t bytes) { return (bytes + 63) / 64 * 64; };
    STATIC_REQUIRE(sizeof(record<ps::dirty::everything>) == lines(sizeof(bare)));
    STATIC_REQUIRE(sizeof(record<>) == lines(sizeof(bare)));
    STATIC_REQUIRE(sizeof(record<ps::budget::pool_wide<1>>) <= sizeof(record<>) + 64);
}

TEST_CASE("nothing in the pool dispatches at run time") {
    STATIC_REQUIRE_FALSE(std::is_polymorphic_v<ps::instance_pool<>>);
    STATIC_REQUIRE_FALSE(std::is_polymorphic_v<ps::instance_pool<>::slot>);
    STATIC_REQUIRE_FALSE(std::is_polymorphic_v<ps::image>);
    STATIC_REQUIRE_FALSE(std::is_polymorphic_v<ps::observe::counters>);
    STATIC_REQUIRE_FALSE(std::is_polymorphic_v<ps::reuse::affinity::free_list>);
    STATIC_REQUIRE_FALSE(
        std::is_polymorphic_v<ps::dirty::fault_gate<ps::dirty::adaptive<>>::tracker<kernel>>);
    STATIC_REQUIRE_FALSE(
        std::is_polymorphic_v<ps::dirty::first_supported<ps::dirty::write_protect,
                                                         ps::dirty::everything>::tracker<kernel>>);
}

TEST_CASE("releasing a slot throws nothing, and acquiring and locating cost no handle") {
    using pool = ps::instance_pool<>;
    const pool* constant = nullptr;
    STATIC_REQUIRE(noexcept(constant->locate(nullptr)));
    STATIC_REQUIRE(noexcept(std::declval<pool::slot&>().memory(0).grow(1)));
    STATIC_REQUIRE(noexcept(std::declval<pool::slot&>().enter()));
    (void)constant;
}
