// expect: palimpsest: this type is no policy: it names no role
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

using pool_type = ps::instance_pool<int>;
pool_type pool{ps::pool_limits{}};
