// expect: palimpsest: this policy for the role 'budget' does not model the concept budget_policy: hook 'keeps': expected bool keeps(account&, std::size_t resident) noexcept; found one that differs, or that is private
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

// It returns a number of pages instead of yes or no.
struct wrong {
    using role = ps::roles::budget;
    using provided_hooks = ps::provides<ps::budget::hook::keeps>;
    struct account {
        std::size_t held = 0;
    };

    static std::size_t most_bytes(std::size_t, std::size_t) noexcept { return 0; }
    std::size_t keeps(account&, std::size_t pages) noexcept { return pages; }

    struct purse {
        purse(wrong&, account&) noexcept {}
        std::size_t most() const noexcept { return 0; }
        std::size_t take(std::size_t, std::size_t pages) noexcept { return pages; }
        void put_back(std::size_t, std::size_t) noexcept {}
        static constexpr bool next_entity_may_have_more = false;
    };
};

using pool_type = ps::instance_pool<wrong>;
pool_type pool{ps::pool_limits{}};
