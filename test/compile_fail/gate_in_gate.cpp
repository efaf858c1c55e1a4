// expect: palimpsest: fault_gate needs a scanner without a fault_gate of its own
// SPDX-License-Identifier: Apache-2.0
// expect: fault_gate
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

using pool_type = ps::instance_pool<ps::dirty::fault_gate<ps::dirty::fault_gate<>>>;
pool_type pool{ps::pool_limits{}};
