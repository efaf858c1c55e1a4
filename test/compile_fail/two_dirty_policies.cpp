// expect: palimpsest: more than one policy for the role 'dirty'
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

using pool_type = ps::instance_pool<ps::dirty::everything, ps::dirty::pagemap_scan>;
pool_type pool{ps::pool_limits{}};
