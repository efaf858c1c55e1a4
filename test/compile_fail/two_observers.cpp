// expect: palimpsest: more than one policy for the role 'observe'
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

using pool_type = ps::instance_pool<ps::observe::counters, ps::observe::nothing>;
pool_type pool{ps::pool_limits{}};
