// expect: palimpsest: this policy for the role 'reuse' does not model the concept reuse_policy: hook 'take': expected std::optional<std::size_t> take(std::uint64_t image, std::size_t stage) noexcept in free_list; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It returns a slot even if there is none.
struct wrong {
    using role = ps::roles::reuse;
    struct free_list {
        static constexpr std::size_t stages = 1;
        explicit free_list(std::size_t) {}
        void put(std::size_t, std::uint64_t) noexcept {}
        std::size_t take(std::uint64_t, std::size_t) noexcept { return 0; }
        std::optional<std::size_t> oldest_warm() noexcept { return {}; }
        std::optional<std::size_t> take_oldest_warm() noexcept { return {}; }
    };
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
