// SPDX-License-Identifier: Apache-2.0
// No limit: every dirty page is restored, however many there are.
#pragma once

#include <palimpsest/pool/budget/no_account.hpp>
#include <palimpsest/pool/budget/no_limit.hpp>
#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::budget {

/// Restores every dirty page, however many there are. Choose it for trusted guests; only the idle
/// cap then bounds the memory of free slots and the time of a reset.
struct unlimited {
    using role = roles::budget;
    using provided_hooks = provides<>;
    using account = no_account;

    static constexpr std::size_t most_bytes(std::size_t, std::size_t) noexcept { return no_limit; }

    /// Grants every page.
    struct purse {
        purse(unlimited&, account&) noexcept {}

        static constexpr std::size_t most() noexcept { return no_limit; }
        static constexpr std::size_t take(std::size_t, std::size_t pages) noexcept { return pages; }
        static constexpr void put_back(std::size_t, std::size_t) noexcept {}
        static constexpr bool next_entity_may_have_more = false;
    };
};

}  // namespace palimpsest::budget
