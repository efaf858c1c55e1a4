// SPDX-License-Identifier: Apache-2.0
// A budget of nothing: each reset decommits, and nothing stays resident in a free slot.
#pragma once

#include <palimpsest/pool/budget/no_account.hpp>
#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::budget {

/// Restores nothing: each reset gives all pages back, and the next instance takes a page fault for
/// each page it touches. Choose it if idle slots must hold no memory.
struct none {
    using role = roles::budget;
    using provided_hooks = provides<>;
    using account = no_account;

    static constexpr std::size_t most_bytes(std::size_t, std::size_t) noexcept { return 0; }

    /// Grants no page.
    struct purse {
        purse(none&, account&) noexcept {}

        static constexpr std::size_t most() noexcept { return 0; }
        static constexpr std::size_t take(std::size_t, std::size_t) noexcept { return 0; }
        static constexpr void put_back(std::size_t, std::size_t) noexcept {}
        static constexpr bool next_entity_may_have_more = false;
    };
};

}  // namespace palimpsest::budget
