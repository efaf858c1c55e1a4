// expect: palimpsest: reset::batched needs a reset without a batch of its own; one batch is enough
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

using pool_type = ps::instance_pool<ps::reset::batched<8, ps::reset::batched<4>>>;
pool_type pool{ps::pool_limits{}};
