// SPDX-License-Identifier: Apache-2.0
// The compositions of policies that the tests try, generated at compile time: any two policies of
// different roles meet in one of them. With PALIMPSEST_TEST_EXHAUSTIVE all compositions, which are
// thousands: a program tries one in PALIMPSEST_TEST_SHARDS of them, since each is a separate pool
// type for the compiler.

#pragma once

#include <array>
#include <boost/hana/at.hpp>
#include <boost/hana/equal.hpp>
#include <boost/hana/flatten.hpp>
#include <boost/hana/index_if.hpp>
#include <boost/hana/size.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <boost/hana/unpack.hpp>
#include <palimpsest/pool.hpp>
#include <string_view>
#include <typeinfo>
#include <utility>

#include "cover.hpp"
#include "model.hpp"
#include "support/failing_system.hpp"
#include "tenancy.hpp"

namespace palimpsest::test {

namespace hana = boost::hana;

/// One choice: a policy, or several that go together.
template <class... Policies>
inline constexpr auto choice = hana::tuple_t<Policies...>;

/// A budget that follows memory pressure, so its answer differs each time. Grants everything unless
/// a test says otherwise.
struct fickle_budget {
    using role = roles::budget;
    using account = budget::no_account;
    using provided_hooks = provides<>;

    static std::size_t most_bytes(std::size_t, std::size_t) noexcept { return budget::no_limit; }

    class purse {
      public:
        purse(fickle_budget&, account&) noexcept {}

        static std::size_t most() noexcept {
            const bool empty = mood.empty_look != 0 && ++mood.looks % mood.empty_look == 0;
            return empty ? 0 : mood.pages;
        }
        std::size_t take(std::size_t entity, std::size_t pages) noexcept {
            if (entity != entity_) {
                entity_ = entity;
                left_ = mood.pages;
            }
            const auto taken = std::min(pages, left_);
            left_ -= taken;
            return taken;
        }
        void put_back(std::size_t, std::size_t pages) noexcept { left_ += pages; }
        static constexpr bool next_entity_may_have_more = true;

      private:
        std::size_t entity_ = budget::no_limit;
        std::size_t left_ = 0;
    };
};

/// Names no slot that has been free the longest.
struct forgetful_reuse {
    using role = roles::reuse;

    class free_list : public reuse::lifo::free_list {
      public:
        using reuse::lifo::free_list::free_list;
        static std::optional<std::size_t> oldest_warm() noexcept { return std::nullopt; }
        static std::optional<std::size_t> take_oldest_warm() noexcept { return std::nullopt; }
    };
};

// The choices of each role, those of the largest first, which keeps the cover small.

inline constexpr auto dirties = hana::make_tuple(
    choice<dirty::everything>, choice<dirty::reported>, choice<dirty::pagemap_scan>,
    choice<dirty::write_protect>, choice<dirty::adaptive<8>>, choice<dirty::soft_dirty>,
    choice<dirty::first_supported<dirty::soft_dirty, dirty::pagemap_scan>>,
    choice<dirty::fault_gate<>>, choice<dirty::fault_gate<dirty::adaptive<8>>>);

// Budgets that are usually smaller than what the instances write.
inline constexpr auto budgets = hana::make_tuple(
    choice<budget::per_instance<96_KiB>>, choice<budget::per_entity<32_KiB>, fickle_budget>,
    choice<budget::pool_wide<160_KiB>>, choice<budget::unlimited>, choice<budget::none>,
    choice<budget::per_instance<128_KiB>, budget::pool_wide<192_KiB>>);

inline constexpr auto resets =
    hana::make_tuple(choice<reset::restore>, choice<reset::decommit>, choice<reset::remap>,
                     choice<reset::batched<3>>, choice<reset::batched<3, reset::restore>>);

inline constexpr auto reuses =
    hana::make_tuple(choice<reuse::affinity>, choice<reuse::lifo>, choice<forgetful_reuse>);

inline constexpr auto warm_limits = hana::make_tuple(
    choice<reuse::no_warm_limit>, choice<reuse::warm_limit<1>>, choice<reuse::warm_limit<2>>);

inline constexpr auto growths =
    hana::make_tuple(choice<growth::guarded>, choice<growth::high_water>);

inline constexpr auto threadings =
    hana::make_tuple(choice<reuse::sharded>, choice<reuse::single_threaded>);

inline constexpr auto roles =
    hana::make_tuple(dirties, budgets, resets, reuses, warm_limits, growths, threadings);
inline constexpr std::size_t role_count = decltype(hana::size(roles))::value;
inline constexpr auto choice_counts = hana::unpack(roles, [](const auto&... choices) {
    return numbered_choices<role_count>{decltype(hana::size(choices))::value...};
});

#ifdef PALIMPSEST_TEST_EXHAUSTIVE
inline constexpr std::size_t shard = PALIMPSEST_TEST_SHARD;
inline constexpr std::size_t shards = PALIMPSEST_TEST_SHARDS;
inline constexpr full_cover<role_count> compositions{choice_counts};
#else
inline constexpr std::size_t shard = 0;
inline constexpr std::size_t shards = 1;
inline constexpr pairwise_cover<role_count> compositions{choice_counts};
#endif

// One instance can reach the cap, and several exceed it.
template <class... Policies>
using composed_pool =
    instance_pool<Policies..., failing_system, budget::idle_cap<768_KiB>, observe::counters>;

template <std::size_t Number, std::size_t... Role>
constexpr auto numbered_pool(std::index_sequence<Role...>) {
    constexpr auto choices = compositions[Number];
    return hana::unpack(
        hana::flatten(hana::make_tuple(hana::at_c<choices[Role]>(hana::at_c<Role>(roles))...)),
        hana::template_<composed_pool>);
}

/// The numbers of the compositions with one way to find dirty pages, those of this program.
template <std::size_t Dirty>
constexpr auto numbers_with() {
    constexpr auto is_wanted = [](std::size_t number) {
        return number / choice_counts[0] % shards == shard && compositions[number][0] == Dirty;
    };
    constexpr auto count = [=] {
        std::size_t wanted = 0;
        for (std::size_t number = 0; number < compositions.size(); ++number)
            wanted += is_wanted(number) ? 1 : 0;
        return wanted;
    }();
    std::array<std::size_t, count> numbers{};
    for (std::size_t number = 0, at = 0; number < compositions.size(); ++number)
        if (is_wanted(number)) numbers[at++] = number;
    return numbers;
}

/// Calls `play` with the number and the type of each pool that finds dirty pages by `Dirty`.
template <class Dirty, class Play>
void for_each_pool_with(Play&& play) {
    constexpr std::size_t dirty =
        std::decay_t<decltype(*hana::index_if(dirties, hana::equal.to(choice<Dirty>)))>::value;
    constexpr auto numbers = numbers_with<dirty>();
    [&]<std::size_t... At>(std::index_sequence<At...>) {
        (play(numbers[At], numbered_pool<numbers[At]>(std::make_index_sequence<role_count>{})),
         ...);
    }(std::make_index_sequence<numbers.size()>{});
}

template <class Pool>
void play_tenancies_on() {
    using policies = typename Pool::policies;
    constexpr bool gated = std::string_view(policies::dirty::name) == "fault_gate";
    const bool restores =
        policies::reset::finds_dirty_pages && policies::budget::most_bytes(1, 1) != 0;
    Pool pool(tenancy_limits);
    pool_of<Pool> without_type(pool);
    play_tenancies(without_type, typeid(Pool),
                   {.restored = restores, .passed_the_gate = gated && restores});
}

/// Plays on a pool of each composition with `Dirty`.
template <class Dirty>
void play_tenancies_with() {
    for_each_pool_with<Dirty>(
        [](std::size_t, auto pool) { play_tenancies_on<typename decltype(pool)::type>(); });
}

/// The same for the model (model.hpp), each pool with one of its layouts.
template <class Dirty>
void check_model_with() {
    for_each_pool_with<Dirty>([](std::size_t number, auto of) {
        using pool_type = typename decltype(of)::type;
        const auto& limits = model_limits[number % model_limits.size()];
        mood = {};
        pool_type pool(limits);
        pool_of<pool_type> without_type(pool);
        check_model(without_type, typeid(pool_type));
    });
}

}  // namespace palimpsest::test
