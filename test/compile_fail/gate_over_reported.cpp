// expect: palimpsest: fault_gate needs a scanner that finds every resident page
// SPDX-License-Identifier: Apache-2.0
// expect: reported
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

using pool_type = ps::instance_pool<ps::dirty::fault_gate<ps::dirty::reported>>;
pool_type pool{ps::pool_limits{}};
