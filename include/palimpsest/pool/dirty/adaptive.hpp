// SPDX-License-Identifier: Apache-2.0
// Restores all resident pages while that is cheap, and otherwise write-protects page by page. A
// page that most runs rewrite stays writable and is restored in each reset. A page that is rarely
// rewritten is protected: it costs a fault in a run that rewrites it, and nothing in other runs.
//
// For slots that keep many resident pages and rewrite few of them, such as a language runtime that
// has been started. Needs the same kernel as write_protect (Linux 6.7), and nothing from the
// embedder.
//
// How it decides. All costs are counted in restored pages (some 0.08 µs each). The cost of a fault
// and of arming pages on this machine is measured when the pool is built
// (detail/protection_cost.hpp).
//
//   * With `FewPages` resident pages or fewer, nothing is protected, as with pagemap_scan.
//   * A protected page that is written again in less than a quarter of the time in which its
//     protection would have paid off stays writable for 4 times that time, then for 16 and 64
//     times, after which it is protected once more to see.
//   * Pages are armed together, once restoring them has cost as much as the arming will.
//   * A slot keeps accounts of the savings and the costs of protection. If it costs more,
//     because each run writes other pages, say, all pages are restored again, and protection is
//     retried much later.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <palimpsest/pool/dirty/detail/page_ranges.hpp>
#include <palimpsest/pool/dirty/detail/page_set.hpp>
#include <palimpsest/pool/dirty/detail/page_table.hpp>
#include <palimpsest/pool/dirty/detail/protection_cost.hpp>
#include <palimpsest/pool/dirty/detail/scan.hpp>
#include <palimpsest/pool/dirty/detail/support.hpp>
#include <palimpsest/pool/dirty/detail/walk_census.hpp>
#include <palimpsest/pool/dirty/detail/write_tracker.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hook.hpp>
#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/roles.hpp>
#include <utility>

namespace palimpsest::dirty {

/// Restores all resident pages while there are `FewPages` or fewer, and write-protects those that
/// are rarely rewritten when there are more. Choose it for slots that keep many resident pages and
/// rewrite few, such as a started language runtime. Needs userfaultfd with WP_ASYNC (Linux 6.7).
template <std::size_t FewPages = 64>
struct adaptive {
    using role = roles::dirty;

    static constexpr const char* name = "adaptive";
    static constexpr const char* needs = "userfaultfd with WP_ASYNC, and PAGEMAP_SCAN (Linux 6.7)";
    static constexpr bool finds_every_resident_page = false;

    /// The backend of one pool. Each hook is called for one slot by one thread at a time.
    template <class System>
    class tracker {
        /// What is known about a resident page; all zeros for other pages.
        struct page_note {
            std::uint16_t armed : 1;  // otherwise it is restored in each reset
            std::uint16_t level : 2;  // how long it stays writable
            std::uint16_t armed_at : 12;
        };
        static_assert(sizeof(page_note) == 2);
        static constexpr std::uint32_t clock_ticks = 1U << 12U;

        /// The number of resets after which protection that did not pay off is retried; it
        /// quadruples after each try.
        static constexpr std::uint32_t first_pause = 4096;
        static constexpr std::uint32_t longest_pause = 1U << 20U;

        /// The savings of protection minus its costs, in restored pages.
        struct balance {
            std::int64_t gain = 0;
            std::uint32_t closes_at = 0;  // resets
            std::uint32_t pause = first_pause;
            std::uint32_t paused_until = 0;
        };

        /// The last answer to a reset.
        enum class answer : unsigned char { none, recalled, collected };

      public:
        using provided_hooks =
            provides<hook::supported, hook::set_up, hook::mapped, hook::resetting, hook::recall,
                     hook::decommitted, hook::restored, hook::resident, hook::overgrown,
                     hook::forked, hook::slot_forked>;

        class slot_data {
            friend tracker;
            std::uintptr_t origin_ = 0;
            detail::page_table<page_note> notes_;
            detail::page_ranges writable_;  // found in this reset, or left writable by the last
            detail::tracked_range tracked_;
            detail::walk_census census_;
            balance saved_;
            detail::page_set resident_;
            std::size_t debt_ = 0;  // pages restored so far that might have been armed
            std::uint32_t resets_ = 0;
            bool complete_ = false;  // `writable_` holds all pages that it should
            bool protecting_ = false;
            answer given_ = answer::none;  // in the reset under way
        };

        /// Throws std::system_error, which says what to change, if the kernel lacks a needed
        /// feature or the process may not use it.
        template <class Layout>
        tracker(System& system, const Layout&) : system_(system), cost_(open_and_measure()) {}

        static bool supported(System& system) noexcept { return detail::can_track_writes(system); }

        /// The costs of protection, as measured on this machine.
        detail::protection_cost cost() const noexcept { return cost_; }

        void set_up(slot_data& slot, os::address_range range) {
            slot.origin_ = range.begin;
            slot.notes_ = detail::page_table<page_note>(range.pages());
            slot.resident_ = detail::page_set(range);
        }

        void mapped(slot_data& slot, os::address_range range) noexcept {
            forget_pages(slot, range);
            if (slot.resident_.shrink()) slot.notes_.clear();
            slot.census_.mapped();
            slot.writable_.clear();
            slot.complete_ = false;
            slot.saved_ = {};
            slot.resets_ = 0;
            slot.protecting_ = false;
            slot.tracked_ = kernel_.track(system_, range);
        }

        void resetting(slot_data& slot) noexcept {
            ++slot.resets_;
            slot.given_ = answer::none;
        }

        template <class Sink>
        found collect(slot_data& slot, spans of, std::uintptr_t from, std::size_t most_pages,
                      Sink&& sink) noexcept {
            begin_collecting(slot);
            const auto filter =
                slot.protecting_ ? os::page_filter::written() : os::page_filter::resident();
            return detail::scan(system_, kernel_.pagemap(), filter, of, from, most_pages,
                                [&](os::address_range range) {
                                    slot.resident_.insert(range);
                                    const std::size_t accepted = sink(range);
                                    range.end = range.begin + accepted * os::page_size;
                                    if (!slot.writable_.append(range)) slot.complete_ = false;
                                    return accepted;
                                });
        }

        /// Passes the sink the pages that can be dirty without a page fault: those that are
        /// resident and not protected.
        template <class Sink>
        found recall(slot_data& slot, spans of, std::uintptr_t from, Sink&& sink) noexcept {
            if (!slot.complete_) return found::failed();
            slot.given_ = answer::recalled;
            return offer(slot.writable_, of, from, sink);
        }

        void decommitted(slot_data& slot, os::address_range range) noexcept {
            forget_pages(slot, range);
            slot.census_.decommitted(range);
            if (!slot.writable_.remove(range)) slot.complete_ = false;
            if (slot.protecting_) kernel_.forget(system_, slot.tracked_, range);
            if (slot.resident_.size() != 0) return;
            slot.protecting_ = false;
            if (slot.resident_.shrink()) slot.notes_.clear();
        }

        void restored(slot_data& slot, spans of) noexcept {
            if (!slot.tracked_.on || slot.resident_.size() <= FewPages) return;
            if (slot.protecting_)
                go_on(slot, of);
            else if (slot.resets_ >= slot.saved_.paused_until)
                begin(slot, of);
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
            slot.protecting_ = false;
            slot.complete_ = false;
        }

      private:
        detail::protection_cost open_and_measure() {
            kernel_.open(system_);
            detail::require_support<adaptive>(system_);
            return detail::protection_probe::measure(system_, kernel_);
        }

        /// The first pages that a reset collects replace those of the reset before. This holds
        /// wherever it begins, since all pages before have been decommitted. When a part was
        /// recalled, that part stays writable, and only the next scan finds all writable pages.
        static void begin_collecting(slot_data& slot) noexcept {
            if (slot.given_ == answer::collected) return;
            slot.writable_.clear();
            slot.complete_ = slot.given_ == answer::none;
            slot.given_ = answer::collected;
        }

        // Starting, continuing and ending protection.

        void begin(slot_data& slot, spans of) noexcept {
            slot.protecting_ = true;
            slot.debt_ = 0;
            open_accounts(slot);
            arm_all(slot, of);
        }

        void go_on(slot_data& slot, spans of) noexcept {
            const auto found = slot.writable_.pages();
            const auto resident = slot.resident_.size();
            const auto faults = arm_when_due(slot, of);
            auto& saved = slot.saved_;
            saved.gain += static_cast<std::int64_t>(resident - std::min(found, resident));
            saved.gain -= static_cast<std::int64_t>(faults * cost_.fault);
            // Learning which pages are rewritten takes one fault for each of them, and no more.
            const auto learning = static_cast<std::int64_t>(resident * cost_.fault);
            if (saved.gain < -learning)
                end(slot, of);
            else if (slot.resets_ >= saved.closes_at)
                saved.gain < 0 ? end(slot, of) : close_accounts(slot);
        }

        void open_accounts(slot_data& slot) noexcept {
            slot.saved_.gain = 0;
            slot.saved_.closes_at = slot.resets_ + 4 * cost_.fault;
        }

        /// Protection paid off: it may go on, and if it later stops paying off, it is retried soon.
        void close_accounts(slot_data& slot) noexcept {
            slot.saved_.pause = first_pause;
            open_accounts(slot);
        }

        void end(slot_data& slot, spans of) noexcept {
            slot.protecting_ = false;
            slot.complete_ = false;  // `writable_` does not hold all resident pages
            for (const auto& span : of) {
                kernel_.forget(system_, slot.tracked_, span);
                for_each_resident_note(slot, span, [](page_note& note) { note.armed = 0; });
            }
            slot.saved_.paused_until = slot.resets_ + slot.saved_.pause;
            slot.saved_.pause = std::min(4 * slot.saved_.pause, longest_pause);
        }

        // Arming.

        /// Protects the pages that are due, and returns how many pages took a fault since the last
        /// reset.
        std::size_t arm_when_due(slot_data& slot, spans of) noexcept {
            std::size_t faults = 0;
            std::size_t due = 0;
            std::size_t kept = 0;
            std::size_t parts = 0;  // runs of pages that are due
            bool last_is_due = false;
            for (const auto& range : slot.writable_)
                for_each_note(slot, range, [&](page_note& note) {
                    faults += note.armed;
                    learn(slot, note);
                    const bool is_due = due_now(slot, note);
                    is_due ? ++due : ++kept;
                    parts += is_due && !last_is_due ? 1U : 0U;
                    last_is_due = is_due;
                });
            slot.debt_ = due == 0 ? 0 : slot.debt_ + due;
            // One call arms a whole span, including pages that would better stay writable. Leaving
            // them out takes a call for each run between them.
            const auto cost_of_all = cost_.arming + kept * cost_.fault;
            const auto cost_of_parts = parts * cost_.arming;
            const auto cost = std::min(cost_of_all, cost_of_parts);
            if (slot.debt_ < cost || due == 0) return faults;
            slot.saved_.gain -= static_cast<std::int64_t>(cost);
            slot.debt_ = 0;
            cost_of_all <= cost_of_parts || !slot.complete_ ? arm_all(slot, of) : arm_due(slot);
            return faults;
        }

        void arm_all(slot_data& slot, spans of) noexcept {
            for (const auto& span : of)
                if (!kernel_.protect(system_, span)) return;
            for (const auto& range : slot.writable_) mark(slot, range);
            slot.writable_.clear();
            slot.complete_ = true;
        }

        void arm_due(slot_data& slot) noexcept {
            detail::page_ranges rest;
            for (const auto& range : slot.writable_) {
                for (auto at = range.begin; at < range.end;) {
                    const os::address_range part{at, end_of_part(slot, {at, range.end})};
                    at = part.end;
                    if (due_now(slot, note_at(slot, part.begin)) && kernel_.protect(system_, part))
                        mark(slot, part);
                    else if (!rest.append(part))
                        slot.complete_ = false;
                }
            }
            std::swap(slot.writable_, rest);
        }

        /// The end of the longest part of `range`, from its start, whose pages are all due or all
        /// not due.
        std::uintptr_t end_of_part(slot_data& slot, os::address_range range) const noexcept {
            const bool due = due_now(slot, note_at(slot, range.begin));
            auto end = range.begin + os::page_size;
            while (end < range.end && due_now(slot, note_at(slot, end)) == due)
                end += os::page_size;
            return end;
        }

        // Page notes.

        /// Records that a protected page was written. If that happened soon, the page stays
        /// writable for a while.
        void learn(const slot_data& slot, page_note& note) const noexcept {
            if (note.armed == 0) return;
            note.armed = 0;
            const auto age = (slot.resets_ - note.armed_at) % clock_ticks;
            if (age <= cost_.fault / 4)
                note.level = note.level == 3 ? 3 : (note.level + 1U) & 3U;
            else
                note.level = note.level == 0 ? 0 : (note.level - 1U) & 3U;
        }

        bool due_now(const slot_data& slot, const page_note& note) const noexcept {
            return note.level == 0 || slot.resets_ % (cost_.fault << (2U * note.level)) == 0;
        }

        static void mark(slot_data& slot, os::address_range range) noexcept {
            for_each_note(slot, range, [&](page_note& note) {
                note.armed = 1;
                note.armed_at = slot.resets_ % clock_ticks & 4095U;
            });
        }

        static void forget_pages(slot_data& slot, os::address_range range) noexcept {
            for_each_resident_note(slot, range, [](page_note& note) { note = {}; });
            slot.resident_.erase(range);
        }

        template <class Visit>
        static void for_each_resident_note(slot_data& slot, os::address_range range,
                                           Visit&& visit) noexcept {
            slot.resident_.for_each_run(range, [&](os::address_range run) {
                for_each_note(slot, run, visit);
                return true;
            });
        }

        static page_note& note_at(slot_data& slot, std::uintptr_t address) noexcept {
            return slot.notes_[(address - slot.origin_) / os::page_size];
        }

        template <class Visit>
        static void for_each_note(slot_data& slot, os::address_range range,
                                  Visit&& visit) noexcept {
            for (auto at = range.begin; at < range.end; at += os::page_size)
                visit(note_at(slot, at));
        }

        System& system_;
        detail::write_tracker kernel_;
        detail::protection_cost cost_;
    };
};

}  // namespace palimpsest::dirty
