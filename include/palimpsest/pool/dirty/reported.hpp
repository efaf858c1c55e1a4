// SPDX-License-Identifier: Apache-2.0
// The engine reports its writes with `slot.written(address, bytes)`: a compiler that emits write
// barriers, an interpreter, or a host that is the only writer. The kernel is not asked, and the
// cost of a reset depends on the reported pages. An unreported write exposes one tenant's data to
// the next. A report of pages that are not accessible has no effect: nobody can have written them.
// Host code that installs guard markers (MADV_GUARD_INSTALL) in a slot says so with
// `slot.announce_write()`.
#pragma once

#include <algorithm>
#include <palimpsest/pool/dirty/detail/page_set.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hook.hpp>
#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::dirty {

/// Restores the pages that the engine reported with `slot.written(address, bytes)`, and asks the
/// kernel nothing. Choose it for engines that see every write, such as interpreters and compilers
/// that emit write barriers. An unreported write exposes one tenant's data to the next.
struct reported {
    using role = roles::dirty;

    static constexpr const char* name = "reported";
    static constexpr bool finds_every_resident_page = false;

    /// The backend of one pool.
    template <class System>
    class tracker {
      public:
        using provided_hooks =
            provides<hook::set_up, hook::mapped, hook::written, hook::announce_write,
                     hook::decommitted, hook::restored, hook::resident>;

        class slot_data {
            friend tracker;
            detail::page_set dirty_;
            detail::page_set resident_;
            bool guarded_ = false;  // it may have guard markers
        };

        template <class Layout>
        tracker(System& system, const Layout&) noexcept : system_(system) {}

        void set_up(slot_data& slot, os::address_range range) {
            slot.dirty_ = detail::page_set(range);
            slot.resident_ = detail::page_set(range);
        }

        void mapped(slot_data& slot, os::address_range range) noexcept {
            slot.dirty_.erase(range);
            slot.resident_.erase(range);
            slot.dirty_.shrink();
            slot.resident_.shrink();
        }

        /// Records a report. Costs a few nanoseconds; only one thread at a time may report for a
        /// slot.
        void written(slot_data& slot, os::address_range range) noexcept {
            slot.dirty_.insert(range);
        }

        void announce_write(slot_data& slot) noexcept { slot.guarded_ = true; }

        template <class Sink>
        found collect(slot_data& slot, spans of, std::uintptr_t from, std::size_t,
                      Sink&& sink) noexcept {
            if (slot.guarded_ && !remove_guards(system_, of)) return found::failed();
            slot.guarded_ = false;
            auto result = found::all(of);
            for (const auto& span : dirty::from(of, from)) {
                if (!offer_dirty_pages(slot, {std::max(span.begin, from), span.end}, sink, result))
                    break;
            }
            return result;
        }

        void decommitted(slot_data& slot, os::address_range range) noexcept {
            slot.dirty_.erase(range);
            slot.resident_.erase(range);
        }

        void restored(slot_data& slot, spans) noexcept { slot.dirty_.clear(); }

        std::size_t resident(const slot_data& slot, std::size_t) const noexcept {
            return slot.resident_.size();
        }

      private:
        template <class Sink>
        static bool offer_dirty_pages(slot_data& slot, os::address_range part, Sink& sink,
                                      found& result) noexcept {
            bool all = true;
            slot.dirty_.for_each_run(part, [&](os::address_range range) {
                slot.resident_.insert(range);
                all = offer_one(range, range.begin, sink, result);
                return all;
            });
            return all;
        }

        System& system_;
    };
};

}  // namespace palimpsest::dirty
