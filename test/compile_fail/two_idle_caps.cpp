// expect: palimpsest: more than one policy for the role 'idle_cap'
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;
using namespace ps::literals;

// Budgets combine, but only one number says how much a free slot may keep.
using pool_type = ps::instance_pool<ps::budget::per_instance<2_MiB>, ps::budget::idle_cap<8_MiB>,
                                    ps::budget::idle_cap<4_MiB>>;
pool_type pool{ps::pool_limits{}};
