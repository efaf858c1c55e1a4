// SPDX-License-Identifier: Apache-2.0
// Lets the kernel record each page that is written, through write protection that the kernel lifts
// itself (userfaultfd, WP_ASYNC, Linux 6.7). It is exact: a page that was restored and not written
// again is not found again.
//
// Each page that is written again costs a fault, about 1 µs, and arming costs a TLB shootdown per
// reset. It pays off from about ten resident pages for each one rewritten; `adaptive` finds out
// whether it does.
//
// Host code must not install guard markers (MADV_GUARD_INSTALL) in a slot with this backend or with
// `adaptive`: over a protected page Linux 6.18 retries forever.
#pragma once

#include <palimpsest/os/userfaultfd.hpp>
#include <palimpsest/pool/dirty/detail/page_set.hpp>
#include <palimpsest/pool/dirty/detail/scan.hpp>
#include <palimpsest/pool/dirty/detail/support.hpp>
#include <palimpsest/pool/dirty/detail/walk_census.hpp>
#include <palimpsest/pool/dirty/detail/write_tracker.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hook.hpp>
#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::dirty {

/// Write-protects all pages of a slot after each reset, so that the next reset finds only those
/// that were written again. Choose it for slots that rewrite less than about a tenth of their
/// resident pages; choose adaptive if that is not known. Needs userfaultfd with WP_ASYNC (Linux
/// 6.7).
struct write_protect {
    using role = roles::dirty;

    static constexpr const char* name = "write_protect";
    static constexpr const char* needs = "userfaultfd with WP_ASYNC, and PAGEMAP_SCAN (Linux 6.7)";
    static constexpr bool finds_every_resident_page = false;

    /// The backend of one pool. It takes two file descriptors.
    template <class System>
    class tracker {
      public:
        using provided_hooks = provides<hook::supported, hook::set_up, hook::mapped, hook::recall,
                                        hook::decommitted, hook::restored, hook::resident,
                                        hook::overgrown, hook::forked, hook::slot_forked>;

        class slot_data {
            friend tracker;
            detail::page_set resident_;
            detail::tracked_range tracked_;
            detail::walk_census census_;
            bool armed_ = false;  // no page is writable without a fault
        };

        /// Throws std::system_error, which says what to change, if the kernel lacks a needed
        /// feature or the process may not use it.
        template <class Layout>
        tracker(System& system, const Layout&) : system_(system) {
            kernel_.open(system);
            detail::require_support<write_protect>(system);
        }

        static bool supported(System& system) noexcept { return detail::can_track_writes(system); }

        void set_up(slot_data& slot, os::address_range range) {
            slot.resident_ = detail::page_set(range);
        }

        void mapped(slot_data& slot, os::address_range range) noexcept {
            slot.resident_.erase(range);
            slot.resident_.shrink();
            slot.census_.mapped();
            slot.tracked_ = kernel_.track(system_, range);
            slot.armed_ = false;
        }

        template <class Sink>
        found collect(slot_data& slot, spans of, std::uintptr_t from, std::size_t most_pages,
                      Sink&& sink) noexcept {
            slot.armed_ = false;
            return detail::scan(system_, kernel_.pagemap(), os::page_filter::written(), of, from,
                                most_pages, [&](os::address_range range) {
                                    slot.resident_.insert(range);
                                    return sink(range);
                                });
        }

        /// Passes nothing: all resident pages are protected, so without a fault none was written.
        template <class Sink>
        found recall(slot_data& slot, spans of, std::uintptr_t, Sink&&) noexcept {
            return slot.armed_ ? found::all(of) : found::failed();
        }

        void decommitted(slot_data& slot, os::address_range range) noexcept {
            slot.resident_.erase(range);
            slot.census_.decommitted(range);
            kernel_.forget(system_, slot.tracked_, range);
        }

        void restored(slot_data& slot, spans of) noexcept {
            if (slot.armed_) return;
            slot.armed_ = slot.tracked_.on;
            // Where arming fails the pages stay writable and are found again: slower, and clean.
            for (const auto& span : of) slot.armed_ = slot.armed_ && kernel_.protect(system_, span);
        }

        std::size_t resident(const slot_data& slot, std::size_t) const noexcept {
            return slot.resident_.size();
        }

        bool overgrown(slot_data& slot, spans of) noexcept {
            return slot.census_.too_many(system_, kernel_.pagemap(), of);
        }

        void forked() noexcept { kernel_.reopen(system_); }
        void slot_forked(slot_data& slot) noexcept {
            slot.tracked_ = {};
            slot.armed_ = false;
        }

      private:
        System& system_;
        detail::write_tracker kernel_;
    };
};

}  // namespace palimpsest::dirty
