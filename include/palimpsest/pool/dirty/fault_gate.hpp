// SPDX-License-Identifier: Apache-2.0
// Skips the scan if the thread that ran the guest took no page fault: then no page of the slot
// became resident, and only the pages known from the last scan can be dirty.
//
// It makes one getrusage call instead of a scan, 0.3 µs instead of 2 µs or more. Choose it if a
// request runs on one thread, or on several that say so.
//
// The caller must guarantee that between acquire and release every access to the slot is made by
// the thread that acquired it, or inside a scope of `slot.enter()`, which counts for its thread.
// Accesses by system calls that such a thread makes (such as read into guest memory) are counted as
// well. A write by anyone else (another thread without a scope, an io_uring worker, another
// process) must be announced with `slot.announce_write()` before the slot is released. An
// unannounced write exposes one tenant's data to the next. Nor may anything but a guest's access
// make pages of the pool resident, whether in use or free: after mlock, mlockall(MCL_CURRENT) or
// MADV_POPULATE_WRITE, call `pool.announce_population()` before the next slot is acquired and with
// none in use. mlockall(MCL_FUTURE) is fine at any time: the pages that it makes resident when a
// memory grows are counted on a thread that counts, and any other thread that grows a memory
// thereby announces a write. Host code that installs guard markers in a slot (MADV_GUARD_INSTALL)
// announces that as a write, since it causes no page fault. In checked builds (PALIMPSEST_CHECKED)
// the gate scans anyway, reports each page that it would have missed, and restores it.
//
// Measurements show which accesses count: first writes, reads, copies of image pages, read(2),
// process_vm_writev, MADV_POPULATE_WRITE and /proc/self/mem by the thread itself all increase its
// fault count; writing again to a resident page does not.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <palimpsest/os/raw.hpp>
#include <palimpsest/pool/dirty/detail/entered_slot.hpp>
#include <palimpsest/pool/dirty/detail/fault_window.hpp>
#include <palimpsest/pool/dirty/detail/page_ranges.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hooks.hpp>
#include <palimpsest/pool/dirty/pagemap_scan.hpp>
#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/roles.hpp>

#ifndef PALIMPSEST_CHECKED
#define PALIMPSEST_CHECKED 0
#endif

namespace palimpsest::dirty {

/// Skips the scan of `Scanner` if no page fault was counted, at 0.3 µs per reset. Choose it if a
/// request runs on one thread, or on several that say so with `slot.enter()`. Writes by anyone else
/// must be announced, or the next tenant sees them: read dirty/fault_gate.hpp first. With `Checked`
/// the gate scans anyway, and reports each page that it would have missed.
template <class Scanner = pagemap_scan, bool Checked = (PALIMPSEST_CHECKED != 0)>
struct fault_gate {
    using role = roles::dirty;
    using wraps = policies<Scanner>;

    static constexpr const char* name = "fault_gate";
    static constexpr bool skips_scans = true;
    static constexpr bool finds_every_resident_page = Scanner::finds_every_resident_page;

    // A scanner that write-protects pages itself knows which of them can be written without a
    // fault.
    static constexpr bool scanner_remembers = hooks::recalls<Scanner>;

    /// The backend of one pool. Each hook is called for one slot by one thread at a time, except
    /// for announce_write and scopes, which any thread may use.
    template <class System>
    class tracker {
        using scanner = typename Scanner::template tracker<System>;
        using scanner_data = typename scanner::slot_data;

      public:
        using provided_hooks =
            provides<hook::skips_scans, hook::scope, hook::supported, hook::set_up, hook::mapped,
                     hook::acquired, hook::growing, hook::left, hook::resetting, hook::decommitted,
                     hook::restored, hook::resident, hook::overgrown, hook::written,
                     hook::announce_write, hook::announce_population, hook::forked,
                     hook::slot_forked>;

        class slot_data {
            friend tracker;
            [[no_unique_address]] scanner_data scanned_;
            detail::page_ranges known_;  // resident pages, as of the last reset
            detail::fault_window window_;
            std::atomic<bool> faulted_{false};  // in a scope, or announced
            std::uint64_t populations_ = 0;     // announced before the last reset
            bool known_is_complete_ = false;
            bool left_ = false;   // the acquiring thread said that it is done
            bool gated_ = false;  // the current reset goes without a scan
            std::size_t known_before_ = 0;
        };

        /// Counts the page faults of the calling thread while it lives. It must be destroyed on the
        /// same thread, and before the slot is released.
        class scope {
          public:
            scope(tracker& of, slot_data& slot) noexcept
                : tracker_(of), slot_(slot), entry_(&slot) {
                window_.open(tracker_.system_);
            }
            scope(const scope&) = delete;
            scope& operator=(const scope&) = delete;
            ~scope() {
                if (!window_.close_without_fault(tracker_.system_)) tracker_.announce_write(slot_);
            }

          private:
            tracker& tracker_;
            slot_data& slot_;
            detail::fault_window window_;
            detail::entered_slot entry_;
        };

        template <class Layout>
        tracker(System& system, const Layout& layout) : system_(system), scanner_(system, layout) {
            static_assert(!hooks::skips_scans<Scanner>(),
                          "palimpsest: fault_gate needs a scanner without a fault_gate of its own; "
                          "one gate is enough");
            // Asserted here because Clang would give up the class, and so report more errors.
            static_assert(Scanner::finds_every_resident_page || scanner_remembers,
                          "palimpsest: fault_gate needs a scanner that finds every resident page, "
                          "or one that recalls what it left writable; to choose among several "
                          "write first_supported<fault_gate<A>, B>");
        }

        static bool supported(System& system) noexcept { return hooks::supported<scanner>(system); }

        void set_up(slot_data& slot, os::address_range range) {
            hooks::set_up(scanner_, slot.scanned_, range);
        }

        void mapped(slot_data& slot, os::address_range range) noexcept {
            hooks::mapped(scanner_, slot.scanned_, range);
            // Not "none": where memory is locked (mlockall), mapping it makes it resident.
            slot.known_.clear();
            slot.known_is_complete_ = false;
        }

        void acquired(slot_data& slot) noexcept {
            hooks::acquired(scanner_, slot.scanned_);
            slot.faulted_.store(false, std::memory_order_relaxed);
            slot.left_ = false;
            slot.window_.open(system_);
        }

        /// If memory is locked (mlockall), making pages accessible makes them resident, by faults
        /// on the growing thread. If that thread does not count them, the next reset has to scan.
        void growing(slot_data& slot) noexcept {
            hooks::growing(scanner_, slot.scanned_);
            const bool counted = (!slot.left_ && slot.window_.is_open_here()) ||
                                 detail::entered_slot::is_entered(&slot);
            if (!counted) announce_write(slot);
        }

        void announce_write(slot_data& slot) noexcept {
            slot.faulted_.store(true, std::memory_order_relaxed);
        }

        void left(slot_data& slot) noexcept {
            if (!slot.window_.close_without_fault(system_)) announce_write(slot);
            slot.left_ = true;
        }

        void resetting(slot_data& slot) noexcept {
            hooks::resetting(scanner_, slot.scanned_);
            if (!slot.left_) left(slot);
            const auto populations = populations_.load(std::memory_order_acquire);
            slot.gated_ = slot.known_is_complete_ && slot.populations_ == populations &&
                          !slot.faulted_.load(std::memory_order_relaxed);
            slot.populations_ = populations;
            slot.known_before_ = slot.known_.pages();
            if (slot.gated_) system_.tell(event::gate_hit{});
            if (slot.gated_ && !scanner_remembers) return;
            slot.known_.clear();
            slot.known_is_complete_ = true;
        }

        template <class Sink>
        found collect(slot_data& slot, spans of, std::uintptr_t from, std::size_t most_pages,
                      Sink&& sink) noexcept {
            if (!slot.gated_) return collect_anew(slot, of, from, most_pages, sink);
            const auto recalled = offer_known(slot, of, from, sink);
            if (!recalled) {
                slot.gated_ = false;
                return collect_anew(slot, of, from, most_pages, sink);
            }
            if constexpr (Checked)
                if (!verify(slot, of, {from, recalled.walked_to}, sink)) return found::failed();
            return recalled;
        }

        void decommitted(slot_data& slot, os::address_range range) noexcept {
            hooks::decommitted(scanner_, slot.scanned_, range);
            if (!slot.known_.remove(range)) slot.known_is_complete_ = false;
        }

        void restored(slot_data& slot, spans of) noexcept {
            hooks::restored(scanner_, slot.scanned_, of);
            if (!slot.gated_ && slot.known_is_complete_ &&
                slot.known_.pages() == slot.known_before_)
                detail::fault_window::blame_host();
        }

        std::size_t resident(const slot_data& slot, std::size_t kept) const noexcept {
            return hooks::resident(scanner_, slot.scanned_, std::max(kept, slot.known_.pages()));
        }

        /// A reset that skips the scan does not ask whether scans have become slow.
        bool overgrown(slot_data& slot, spans of) noexcept {
            return !slot.gated_ && hooks::overgrown(scanner_, slot.scanned_, of);
        }

        void written(slot_data& slot, os::address_range range) noexcept {
            hooks::written(scanner_, slot.scanned_, range);
        }

        void announce_population() noexcept {
            populations_.fetch_add(1, std::memory_order_release);
            hooks::announce_population(scanner_);
        }

        void forked() noexcept { hooks::forked(scanner_); }
        void slot_forked(slot_data& slot) noexcept { hooks::forked(scanner_, slot.scanned_); }

      private:
        template <class Sink>
        found collect_anew(slot_data& slot, spans of, std::uintptr_t from, std::size_t most_pages,
                           Sink& sink) noexcept {
            const auto collected =
                scanner_.collect(slot.scanned_, of, from, most_pages, remember(slot, sink));
            if (!collected) slot.known_is_complete_ = false;
            return collected;
        }

        /// A sink that also records what was accepted: as the known pages, or, if the scanner
        /// remembers them, to check its answers.
        template <class Sink>
        static auto remember(slot_data& slot, Sink& sink) noexcept {
            return [&](os::address_range range) {
                const std::size_t accepted = sink(range);
                if constexpr (!scanner_remembers || Checked) {
                    range.end = range.begin + accepted * os::page_size;
                    if (!slot.known_.append(range)) slot.known_is_complete_ = false;
                }
                return accepted;
            };
        }

        template <class Sink>
        found offer_known(slot_data& slot, spans of, std::uintptr_t from, Sink& sink) noexcept {
            if constexpr (scanner_remembers) {
                return scanner_.recall(slot.scanned_, of, from, remember(slot, sink));
            } else {
                return offer(slot.known_, of, from, sink);
            }
        }

        /// Scans `walked` anyway; the pages after it were refused, and are given back. Pages found
        /// there that were not known were written behind the gate's back: they are reported and
        /// restored, and the list is not trusted again. False if the budget cannot cover restoring
        /// them.
        template <class Sink>
        bool verify(slot_data& slot, spans of, os::address_range walked, Sink& sink) noexcept {
            bool restored_all = true;
            const auto check = [&](os::address_range range) {
                for (auto at = range.begin; at < range.end; at += os::page_size) {
                    if (at >= walked.end) return (at - range.begin) / os::page_size;
                    const os::address_range page{at, at + os::page_size};
                    if (is_known(slot, page)) continue;
                    system_.tell(event::gate_missed_page{at});
                    complain(page);
                    restored_all = sink(page) == 1 && restored_all;
                    slot.known_is_complete_ = false;
                }
                return range.pages();
            };
            if (!scanner_.collect(slot.scanned_, of, walked.begin, ~std::size_t{0}, check))
                slot.known_is_complete_ = false;
            return restored_all;
        }

        /// Writes a line to standard error. Not with fprintf, which is a cancellation point: a
        /// cancelled thread would end in the middle of a reset.
        static void complain(os::address_range page) noexcept {
            std::array<char, 160> text;
            const int length = std::snprintf(
                text.data(), text.size(),
                "palimpsest: fault_gate: the page at %p was written by a thread outside of "
                "slot.enter(), and not announced\n",
                static_cast<void*>(page.data()));
            (void)os::raw::write(STDERR_FILENO, text.data(), static_cast<std::size_t>(length));
        }

        static bool is_known(slot_data& slot, os::address_range page) noexcept {
            for (const auto& range : slot.known_)
                if (range.contains(page.begin)) return true;
            return false;
        }

        System& system_;
        scanner scanner_;
        std::atomic<std::uint64_t> populations_{0};
    };
};

}  // namespace palimpsest::dirty
