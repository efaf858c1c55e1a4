// SPDX-License-Identifier: Apache-2.0
// All compositions of dirty, reset and budget, generated when this is compiled. A file for each way
// to find dirty pages, since each composition is a pool type of its own for the compiler.

#pragma once

#include <boost/hana/cartesian_product.hpp>
#include <boost/hana/flatten.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/range.hpp>
#include <boost/hana/size.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <boost/hana/unpack.hpp>
#include <palimpsest/pool.hpp>
#include <string_view>
#include <tuple>
#include <typeinfo>

#include "model.hpp"
#include "support/failing_system.hpp"
#include "tenancy.hpp"

namespace palimpsest::test {

namespace hana = boost::hana;

/// One choice: a policy, or several that go together.
template <class... Policies>
inline constexpr auto choice = hana::tuple_t<Policies...>;

inline constexpr auto resets =
    hana::make_tuple(choice<reset::restore>, choice<reset::decommit>, choice<reset::remap>,
                     choice<reset::batched<3>>, choice<reset::batched<3, reset::restore>>);

/// A budget that follows the pressure on memory, and so shows something else at each look. Grants
/// all unless a test says otherwise.
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

// Budgets smaller than what the instances write, most of the time; each growth with half of them.
inline constexpr auto budgets = hana::make_tuple(
    choice<budget::per_instance<96_KiB>, growth::guarded>,
    choice<budget::per_entity<32_KiB>, fickle_budget, growth::high_water>,
    choice<budget::pool_wide<160_KiB>, growth::guarded>,
    choice<budget::unlimited, growth::high_water>, choice<budget::none, growth::guarded>,
    choice<budget::per_instance<128_KiB>, budget::pool_wide<192_KiB>, growth::high_water>);

template <class... Dirty>
inline constexpr auto compositions =
    hana::cartesian_product(hana::make_tuple(hana::make_tuple(choice<Dirty>...), resets, budgets));

template <class Reuse, class WarmLimit>
struct reuse_choice {
    using reuse = Reuse;
    using warm_limit = WarmLimit;
};

/// How slots are reused: another way for each budget and for each reset, so that any two of these
/// choices meet.
template <std::size_t Number>
using numbered_reuse =
    std::tuple_element_t<Number % 6, std::tuple<reuse_choice<reuse::affinity, reuse::no_warm_limit>,
                                                reuse_choice<reuse::lifo, reuse::warm_limit<1>>,
                                                reuse_choice<forgetful_reuse, reuse::warm_limit<2>>,
                                                reuse_choice<reuse::affinity, reuse::warm_limit<1>>,
                                                reuse_choice<forgetful_reuse, reuse::no_warm_limit>,
                                                reuse_choice<reuse::lifo, reuse::warm_limit<2>>>>;

// The cap is in reach of one instance, and passed by several.
template <std::size_t Number>
struct tenancy_pool {
    template <class... Policies>
    using of = instance_pool<Policies..., typename numbered_reuse<Number>::reuse,
                             typename numbered_reuse<Number>::warm_limit, failing_system,
                             budget::idle_cap<768_KiB>, observe::counters>;
};

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

/// Calls `play` with the type of a pool of each composition with `Dirty`.
template <class Dirty, class Play>
void for_each_pool_with(Play&& play) {
    constexpr auto all = compositions<Dirty>;
    constexpr auto budget_count = decltype(hana::size(budgets))::value;
    constexpr auto count = decltype(hana::size(all))::value;
    hana::for_each(hana::to_tuple(hana::range_c<std::size_t, 0, count>), [&](auto index) {
        constexpr std::size_t number = decltype(index)::value;
        constexpr auto reuse = number / budget_count + number % budget_count + sizeof(Dirty::name);
        const auto pool = hana::unpack(hana::flatten(all[index]),
                                       hana::template_<tenancy_pool<reuse>::template of>);
        play(pool);
    });
}

/// Plays on a pool of each composition with `Dirty`.
template <class Dirty>
void play_tenancies_with() {
    for_each_pool_with<Dirty>(
        [](auto pool) { play_tenancies_on<typename decltype(pool)::type>(); });
}

/// The same for the model (model.hpp), each pool with one of its layouts.
template <class Dirty>
void check_model_with() {
    std::size_t number = 0;
    for_each_pool_with<Dirty>([&](auto of) {
        using pool_type = typename decltype(of)::type;
        const auto& limits = model_limits[number++ % model_limits.size()];
        mood = {};
        pool_type pool(limits);
        pool_of<pool_type> without_type(pool);
        check_model(without_type, typeid(pool_type));
    });
}

}  // namespace palimpsest::test
