// expect: palimpsest: more than one policy for the role 'growth'
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

using pool_type = ps::instance_pool<ps::growth::guarded, ps::growth::high_water>;
pool_type pool{ps::pool_limits{}};
