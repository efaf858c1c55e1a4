// expect: palimpsest: more than one policy for the role 'reuse'
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

using pool_type = ps::instance_pool<ps::reuse::affinity, ps::reuse::lifo>;
pool_type pool{ps::pool_limits{}};
