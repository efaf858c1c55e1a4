// SPDX-License-Identifier: Apache-2.0
// Treats every page as dirty. It needs no kernel support and no bookkeeping, and each reset writes
// all of the memory up to the budget.
#pragma once

#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hook.hpp>
#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::dirty {

/// Treats every page that an instance could reach as dirty: each reset writes all of the memory, up
/// to the budget. It needs nothing from the kernel. Choose it for small memories, for old kernels,
/// and last in first_supported.
struct everything {
    using role = roles::dirty;

    static constexpr const char* name = "everything";
    static constexpr bool finds_every_resident_page = true;

    /// The backend of one pool.
    template <class System>
    class tracker {
      public:
        using provided_hooks = provides<hook::supported>;

        struct slot_data {};

        template <class Layout>
        tracker(System& system, const Layout&) noexcept : system_(system) {}

        static bool supported(System&) noexcept { return true; }

        template <class Sink>
        found collect(slot_data&, spans of, std::uintptr_t from, std::size_t,
                      Sink&& sink) noexcept {
            // Once per reset, however many entities it restarts at.
            const bool first = !of.empty() && from <= of.front().begin;
            if (first && !remove_guards(system_, of)) return found::failed();
            return offer(of, of, from, sink);
        }

      private:
        System& system_;
    };
};

}  // namespace palimpsest::dirty
