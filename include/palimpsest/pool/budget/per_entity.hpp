// SPDX-License-Identifier: Apache-2.0
// A separate budget for each entity: the same amount may be restored of the state, of each table
// and of each memory. For instances whose tables or second memories matter as much as the first
// memory.
#pragma once

#include <algorithm>
#include <palimpsest/pool/budget/no_account.hpp>
#include <palimpsest/pool/budget/no_limit.hpp>
#include <palimpsest/pool/detail/budget_pages.hpp>
#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::budget {

/// One reset restores at most `Bytes` of each entity (the state, each table, each memory) and
/// decommits the rest. Choose it when tables or later memories matter as much as the first memory,
/// for which per_instance might leave nothing.
template <std::size_t Bytes>
struct per_entity {
    using role = roles::budget;
    using provided_hooks = provides<>;
    using account = no_account;

    static constexpr std::size_t most_bytes(std::size_t entities, std::size_t slots) noexcept {
        return detail::saturating_product(detail::saturating_product(Bytes, entities), slots);
    }

    /// Grants pages for one reset, up to the limit of each entity.
    class purse {
      public:
        purse(per_entity&, account&) noexcept {}

        // The next entity has a limit of its own, so a scan may go on.
        std::size_t most() const noexcept { return no_limit; }
        std::size_t take(std::size_t entity, std::size_t pages) noexcept {
            if (entity != entity_) {
                entity_ = entity;
                left_ = detail::pages_in(Bytes);
            }
            const auto taken = std::min(pages, left_);
            left_ -= taken;
            return taken;
        }
        void put_back(std::size_t, std::size_t pages) noexcept { left_ += pages; }
        static constexpr bool next_entity_may_have_more = true;

      private:
        std::size_t entity_ = no_limit;
        std::size_t left_ = 0;
    };
};

}  // namespace palimpsest::budget
