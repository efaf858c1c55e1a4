// expect: palimpsest: this policy for the role 'budget' does not model the concept budget_policy: hook 'take': expected std::size_t take(std::size_t entity, std::size_t pages) in the purse; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
// expect: bool (
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It does not say how many pages it grants.
struct wrong {
    using role = ps::roles::budget;
    using provided_hooks = ps::provides<>;
    struct account {
        std::size_t held = 0;
    };

    static std::size_t most_bytes(std::size_t, std::size_t) noexcept { return 0; }

    struct purse {
        purse(wrong&, account&) noexcept {}
        std::size_t most() const noexcept { return 0; }
        bool take(std::size_t, std::size_t) noexcept { return true; }
        void put_back(std::size_t, std::size_t) noexcept {}
        static constexpr bool next_entity_may_have_more = false;
    };
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
