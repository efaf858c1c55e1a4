// expect: palimpsest: this policy for the role 'system' does not model the concept system_policy: hook 'operator()': expected template <os::Call Call, class... Arguments> auto operator()(Call, Arguments&&...) const noexcept, which gives what the call gives; found an overload with other parameters than by value for os::decommit
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// The template would be called for a non-const range.
struct wrong {
    using role = ps::roles::system;
    template <class Call, class... Arguments>
    auto operator()(Call call, Arguments&&... arguments) const noexcept {
        return call(static_cast<Arguments&&>(arguments)...);
    }
    ps::os::status operator()(ps::os::decommit call,
                              const ps::os::address_range& range) const noexcept {
        return call(range);
    }
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
