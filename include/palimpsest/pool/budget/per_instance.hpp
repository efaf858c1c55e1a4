// SPDX-License-Identifier: Apache-2.0
// One budget for the state, tables and memories of an instance together. The default.
//
// It is spent in address order: state, tables, then the memories from their start, where a program
// keeps what it touches in each run. Dirty pages beyond it are decommitted.
#pragma once

#include <algorithm>
#include <palimpsest/pool/budget/no_account.hpp>
#include <palimpsest/pool/detail/budget_pages.hpp>
#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::budget {

/// One reset restores at most `Bytes` of a slot, in address order, and decommits the dirty pages
/// beyond that. The default, at 2 MiB. A larger budget saves page faults and costs idle memory.
template <std::size_t Bytes>
struct per_instance {
    using role = roles::budget;
    using provided_hooks = provides<>;
    using account = no_account;

    /// The most restored bytes that all slots together can hold.
    static constexpr std::size_t most_bytes(std::size_t, std::size_t slots) noexcept {
        return detail::saturating_product(Bytes, slots);
    }

    /// Grants pages for one reset, up to the limit.
    class purse {
      public:
        purse(per_instance&, account&) noexcept {}

        std::size_t most() const noexcept { return left_; }
        std::size_t take(std::size_t, std::size_t pages) noexcept {
            const auto taken = std::min(pages, left_);
            left_ -= taken;
            return taken;
        }
        void put_back(std::size_t, std::size_t pages) noexcept { left_ += pages; }
        static constexpr bool next_entity_may_have_more = false;

      private:
        std::size_t left_ = detail::pages_in(Bytes);
    };
};

}  // namespace palimpsest::budget
