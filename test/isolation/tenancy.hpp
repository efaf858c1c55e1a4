// SPDX-License-Identifier: Apache-2.0
// Many instances, one after the other and some at a time, that write where they can. Each must find
// its image and nothing else, and keep what it wrote.

#pragma once

#include <cstddef>
#include <typeinfo>

#include "any_pool.hpp"

namespace palimpsest::test {

inline constexpr pool_limits tenancy_limits{
    .slots = any_pool::places - 1,
    .memories = 2,
    .memory = {.maximum = 1_MiB, .guard = 64_KiB, .guard_before = 64_KiB},
    .tables = 2,
    .table_elements = 1'500,
    .state = 5'000};

/// What a composition must also have done: a pool that falls back to other methods is clean too,
/// but does not test the chosen one.
struct must_have {
    bool restored;
    bool passed_the_gate;  // resets without a scan
};

/// Plays the instances on a pool of `tenancy_limits`. Fails the running test case if one sees what
/// it should not.
void play_tenancies(any_pool& pool, const std::type_info& composition, must_have done);

}  // namespace palimpsest::test
