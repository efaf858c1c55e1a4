// expect: palimpsest: this policy for the role 'system' does not model the concept system_policy: hook 'operator()': expected template <os::Call Call, class... Arguments> auto operator()(Call, Arguments&&...) const noexcept, which gives what the call gives; found one that differs for os::make_accessible
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// One of its calls does not say what the kernel said.
struct wrong {
    using role = ps::roles::system;
    template <class Call, class... Arguments>
    auto operator()(Call call, Arguments&&... arguments) const noexcept {
        return call(static_cast<Arguments&&>(arguments)...);
    }
    bool operator()(ps::os::make_accessible call, ps::os::address_range range) const noexcept {
        return static_cast<bool>(call(range));
    }
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
