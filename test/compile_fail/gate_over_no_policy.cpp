// expect: palimpsest: this policy for the role 'dirty' does not model the concept dirty_policy: hook 'wraps': expected `using wraps = palimpsest::policies<...>;`, of policies for the role; found another
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// A budget finds no pages.
using pool_type =
    ps::instance_pool<ps::dirty::first_supported<ps::budget::none, ps::dirty::everything>>;
pool_type pool{ps::pool_limits{}};
