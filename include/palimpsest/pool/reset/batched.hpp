// SPDX-License-Identifier: Apache-2.0
// Collects the pages of many freed slots, and gives them back to the kernel in one vectored call
// (process_madvise): fewer system calls, and one TLB shootdown instead of many.
//
// A slot whose pages wait is not free yet. The batch is emptied when it is full, or when the pool
// is asked for a slot and has no other. On kernels that refuse the vectored call, each range takes
// its own call.
#pragma once

#include <cstddef>
#include <palimpsest/pool/detail/listed_hooks.hpp>
#include <palimpsest/pool/reset/decommit.hpp>
#include <palimpsest/pool/reset/hook.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::reset {

/// Decommits the pages of `Slots` slots together, in one call. Choose it if many threads make TLB
/// shootdowns expensive. `Reset` resets each slot; with reset::restore only the pages beyond the
/// budget are collected, and a slot within its budget is free at once. Waiting slots hold their
/// memory.
template <std::size_t Slots, class Reset = decommit>
struct batched {
    using role = roles::reset;
    using provided_hooks = provides<hook::batch>;
    using wraps = policies<Reset>;
    static constexpr bool finds_dirty_pages = Reset::finds_dirty_pages;
    static constexpr std::size_t batch = [] {
        // Asserted here because Clang would give up the class, and so report more errors.
        static_assert(Slots > 0, "palimpsest: reset::batched needs one slot or more");
        static_assert(!detail::has_hook<Reset, hook::batch>,
                      "palimpsest: reset::batched needs a reset without a batch of its own; one "
                      "batch is enough");
        return Slots > 0 ? Slots : 1;  // one error is enough
    }();

    template <class Slot>
    static bool reset(Slot& slot) noexcept {
        return Reset::reset(slot);
    }
};

}  // namespace palimpsest::reset
