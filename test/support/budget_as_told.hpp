// SPDX-License-Identifier: Apache-2.0
// A budget whose size a test sets at run time, so that many sizes share one pool type.

#pragma once

#include <algorithm>
#include <cstddef>
#include <palimpsest/pool/budget/no_account.hpp>
#include <palimpsest/pool/budget/no_limit.hpp>
#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::test {

struct budget_as_told {
    using role = roles::budget;
    using provided_hooks = provides<>;
    using account = budget::no_account;

    static inline std::size_t pages = budget::no_limit;

    static std::size_t most_bytes(std::size_t, std::size_t) noexcept { return budget::no_limit; }

    class purse {
      public:
        purse(budget_as_told&, account&) noexcept {}

        std::size_t most() const noexcept { return left_; }
        std::size_t take(std::size_t, std::size_t wanted) noexcept {
            const auto taken = std::min(wanted, left_);
            left_ -= taken;
            return taken;
        }
        void put_back(std::size_t, std::size_t returned) noexcept { left_ += returned; }
        static constexpr bool next_entity_may_have_more = false;

      private:
        std::size_t left_ = pages;
    };
};

}  // namespace palimpsest::test
