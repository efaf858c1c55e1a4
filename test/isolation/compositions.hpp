// All compositions of dirty, reset and budget, generated when this is compiled. A file for each way
// to find dirty pages, since each composition is a pool type of its own for the compiler.

#pragma once

#include <boost/hana/cartesian_product.hpp>
#include <boost/hana/flatten.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <boost/hana/unpack.hpp>
#include <palimpsest/pool.hpp>
#include <string_view>
#include <typeinfo>

#include "tenancy.hpp"

namespace palimpsest::test {

namespace hana = boost::hana;

/// One choice: a policy, or several that go together.
template <class... Policies>
inline constexpr auto choice = hana::tuple_t<Policies...>;

inline constexpr auto resets =
    hana::make_tuple(choice<reset::restore>, choice<reset::decommit>, choice<reset::remap>,
                     choice<reset::batched<3>>, choice<reset::batched<3, reset::restore>>);

// Budgets smaller than what the instances write, most of the time; each growth with half of them.
inline constexpr auto budgets = hana::make_tuple(
    choice<budget::per_instance<96_KiB>, growth::guarded>,
    choice<budget::per_entity<32_KiB>, growth::high_water>,
    choice<budget::pool_wide<160_KiB>, growth::guarded>,
    choice<budget::unlimited, growth::high_water>, choice<budget::none, growth::guarded>,
    choice<budget::per_instance<128_KiB>, budget::pool_wide<192_KiB>, growth::high_water>);

template <class... Dirty>
inline constexpr auto compositions =
    hana::cartesian_product(hana::make_tuple(hana::make_tuple(choice<Dirty>...), resets, budgets));

// The cap is in reach of one instance, and passed by several.
template <class... Policies>
using tenancy_pool = instance_pool<Policies..., budget::idle_cap<768_KiB>, observe::counters>;

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
    hana::for_each(compositions<Dirty>, [](auto composition) {
        const auto pool = hana::unpack(hana::flatten(composition), hana::template_<tenancy_pool>);
        play_tenancies_on<typename decltype(pool)::type>();
    });
}

}  // namespace palimpsest::test
