// expect: palimpsest: more than one policy for the role 'threading'
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

using pool_type = ps::instance_pool<ps::reuse::sharded, ps::reuse::single_threaded>;
pool_type pool{ps::pool_limits{}};
