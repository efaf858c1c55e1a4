// expect: palimpsest: more than one policy for the role 'reset'
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// The roles between the two do not hide the second.
using pool_type = ps::instance_pool<ps::reset::restore, ps::reuse::lifo, ps::reset::decommit>;
pool_type pool{ps::pool_limits{}};
