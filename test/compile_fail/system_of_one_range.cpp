// expect: palimpsest: this policy for the role 'system' does not model the concept system_policy: hook 'operator()': expected template <os::Call Call, class... Arguments> auto operator()(Call, Arguments&&...) const noexcept, which gives what the call gives; found none that takes os::reserve
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// Some calls take more than a range, or less.
struct wrong {
    using role = ps::roles::system;
    template <class Call>
    auto operator()(Call call, ps::os::address_range range) const noexcept {
        return call(range);
    }
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
