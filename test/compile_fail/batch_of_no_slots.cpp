// expect: palimpsest: reset::batched needs one slot or more
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

using pool_type = ps::instance_pool<ps::reset::batched<0>>;
pool_type pool{ps::pool_limits{}};
