// expect: palimpsest: more than one policy for the role 'warm_limit'
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

using pool_type = ps::instance_pool<ps::reuse::warm_limit<10>, ps::reuse::warm_limit<20>>;
pool_type pool{ps::pool_limits{}};
