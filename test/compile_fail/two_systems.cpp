// expect: palimpsest: more than one policy for the role 'system'
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

struct other_kernel : ps::system::kernel {};

using pool_type = ps::instance_pool<other_kernel, ps::system::kernel>;
pool_type pool{ps::pool_limits{}};
