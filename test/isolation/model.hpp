// SPDX-License-Identifier: Apache-2.0
// A model of a pool, which says what each instance should see, next to a real pool. Random steps
// drive both, among them everything known to have gone wrong: stores by several threads and by the
// kernel, growth that is refused half way, calls that fail, memory that is locked, forks, captures,
// images that come and go, guard markers, budgets that change.
#pragma once

#include <array>
#include <cstddef>
#include <typeinfo>

#include "any_pool.hpp"

namespace palimpsest::test {

/// Memories apart and together with the small entities, with and without these.
inline constexpr std::array model_limits{
    pool_limits{.slots = any_pool::places - 1,
                .memories = 2,
                .memory = {.maximum = 512 << 10U, .guard = 64 << 10U},
                .tables = 2,
                .table_elements = 1'500,
                .state = 5'000},
    pool_limits{.slots = any_pool::places - 1,
                .memory = {.maximum = 512 << 10U, .guard = 64 << 10U, .guard_before = 0}},
    pool_limits{.slots = any_pool::places - 1,
                .memories = 3,
                .memory = {.maximum = 256 << 10U, .guard = 64 << 10U, .guard_before = 8 << 20U},
                .tables = 1,
                .table_elements = 600,
                .state = 9'000}};

/// What fickle_budget grants (compositions.hpp).
struct budget_mood {
    std::size_t empty_look =
        0;  // it grants nothing at each query whose number this divides; 0: never
    std::size_t pages = budget::no_limit;  // of each entity
    std::size_t looks = 0;
};
inline budget_mood mood{};

/// Runs as many steps as `--steps` says, chosen by `--rng-seed`. Fails the running test case if an
/// instance sees what it should not, a slot is lost, or more is resident than the footprint says.
void check_model(any_pool& pool, const std::type_info& composition);

}  // namespace palimpsest::test
