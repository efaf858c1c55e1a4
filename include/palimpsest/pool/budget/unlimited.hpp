// SPDX-License-Identifier: Apache-2.0
// Every dirty page is restored, however many there are. For trusted guests, or with an idle cap.
#pragma once

#include <palimpsest/pool/budget/bytes.hpp>
#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/role.hpp>

namespace palimpsest::budget {

struct unlimited {
    using role = role::budget;
    using provided_hooks = provides<>;
    using account = no_account;

    static constexpr std::size_t most_bytes(std::size_t, std::size_t) noexcept { return no_limit; }

    struct purse {
        purse(unlimited&, account&) noexcept {}

        static constexpr std::size_t most() noexcept { return no_limit; }
        static constexpr std::size_t take(std::size_t, std::size_t pages) noexcept {
            return pages;
        }
        static constexpr void put_back(std::size_t, std::size_t) noexcept {}
        static constexpr bool next_entity_may_have_more = false;
    };
};

}  // namespace palimpsest::budget
