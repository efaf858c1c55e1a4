// expect: palimpsest: this policy for the role 'dirty' does not model the concept dirty_policy: hook 'finds_every_resident_page': expected static constexpr bool finds_every_resident_page; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// Whatever it says, it converts to true.
struct wrong : ps::dirty::everything {
    static constexpr const char* finds_every_resident_page = "no";
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
