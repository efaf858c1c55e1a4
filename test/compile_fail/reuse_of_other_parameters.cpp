// expect: palimpsest: this policy for the role 'reuse' does not model the concept reuse_policy: hook 'put': expected void put(std::size_t slot, std::uint64_t image) noexcept in free_list; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It truncates the slot's number to a byte.
struct wrong {
    using role = ps::roles::reuse;
    struct free_list {
        static constexpr std::size_t stages = 1;
        explicit free_list(std::size_t) {}
        void put(std::uint8_t, std::uint64_t) noexcept {}
        std::optional<std::size_t> take(std::uint64_t, std::size_t) noexcept { return {}; }
        std::optional<std::size_t> oldest_warm() const noexcept { return {}; }
        std::optional<std::size_t> take_oldest_warm() noexcept { return {}; }
    };
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
