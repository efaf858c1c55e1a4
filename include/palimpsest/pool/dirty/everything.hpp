// Takes every page for dirty. No kernel support, no bookkeeping, and each reset writes all of the
// memory up to the budget: for small memories, old kernels, and as the last of first_supported.
#pragma once

#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hook.hpp>
#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/role.hpp>

namespace palimpsest::dirty {

struct everything {
    using role = role::dirty;

    static constexpr const char* name = "everything";
    static constexpr bool finds_every_resident_page = true;

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
            // Once a reset, whatever the number of entities at which it begins anew.
            const bool first = !of.empty() && from <= of.front().begin;
            if (first && !remove_guards(system_, of)) return found::failed();
            return offer(of, of, from, sink);
        }

      private:
        System& system_;
    };
};

}  // namespace palimpsest::dirty
