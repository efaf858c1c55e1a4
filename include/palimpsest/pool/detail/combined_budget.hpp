// SPDX-License-Identifier: Apache-2.0
// Several budgets at once. A page is restored when each of them grants it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <palimpsest/pool/budget/hook.hpp>
#include <palimpsest/pool/detail/listed_hooks.hpp>

namespace palimpsest::detail {

/// Whether a slot may keep its `resident` pages after a reset. A budget without the hook `keeps`,
/// which counts restored pages only, always agrees.
template <class Budget, class Account>
bool budget_keeps(Budget& of, Account& account, std::size_t resident) noexcept {
    if constexpr (has_hook<Budget, budget::hook::keeps>)
        return of.keeps(account, resident);
    else
        return true;
}

/// Combines two budgets, so that both must grant each page. A pool is given several budgets as they
/// are.
template <class First, class Second>
class both_budgets {
  public:
    using provided_hooks = provides<budget::hook::keeps>;

    /// The accounts that both budgets keep for a slot.
    struct account {
        [[no_unique_address]] typename First::account first;
        [[no_unique_address]] typename Second::account second;
    };

    static constexpr std::size_t most_bytes(std::size_t entities, std::size_t slots) noexcept {
        return std::min(First::most_bytes(entities, slots), Second::most_bytes(entities, slots));
    }

    bool keeps(account& of, std::size_t resident) noexcept {
        return budget_keeps(first_, of.first, resident) &&
               budget_keeps(second_, of.second, resident);
    }

    /// Grants for one reset what both budgets grant.
    class purse {
      public:
        purse(both_budgets& budgets, account& accounts) noexcept
            : first_(budgets.first_, accounts.first), second_(budgets.second_, accounts.second) {}

        std::size_t most() noexcept { return std::min(first_.most(), second_.most()); }

        /// Asks the second budget for no more than the first grants, and returns to the first the
        /// pages that the second refused.
        std::size_t take(std::size_t entity, std::size_t pages) noexcept {
            const auto taken = first_.take(entity, pages);
            const auto granted = second_.take(entity, taken);
            if (granted < taken) first_.put_back(entity, taken - granted);
            return granted;
        }
        void put_back(std::size_t entity, std::size_t pages) noexcept {
            first_.put_back(entity, pages);
            second_.put_back(entity, pages);
        }
        static constexpr bool next_entity_may_have_more =
            First::purse::next_entity_may_have_more || Second::purse::next_entity_may_have_more;

      private:
        typename First::purse first_;
        typename Second::purse second_;
    };

  private:
    [[no_unique_address]] First first_;
    [[no_unique_address]] Second second_;
};

}  // namespace palimpsest::detail
