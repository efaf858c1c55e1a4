// Restores all that is resident while that is cheap, and write-protects page by page where it is
// not: a page that is rewritten in most runs stays writable and is restored in each reset; a page
// that is rarely rewritten is protected, costs a fault when it is, and nothing when it is not.
//
// For slots that keep many resident pages and rewrite few of them, such as a language runtime that
// was started before. Needs what write_protect needs (Linux 6.7), and nothing of the embedder.
//
// When to protect which page. Restoring a page costs about 0.08 µs, a fault on a protected page 1
// to 1.5 µs, and arming a call and a TLB shootdown, about 5 µs (measured as in the design's table of
// resets). So protection pays for a page that stays unwritten for some 16 resets:
//
//   * fewer than `few_pages` resident: no protection at all, as pagemap_scan does it;
//   * a protected page that is written again within `pays_after` resets becomes writable, for
//     64, then 1,024, then 4,096 resets, after which it is protected once more to see;
//   * pages are armed together, once restoring them has cost as much as arming them will.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/page_ranges.hpp>
#include <palimpsest/detail/page_table.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/support.hpp>
#include <palimpsest/pool/dirty/write_tracker.hpp>
#include <palimpsest/pool/dirty/zero_page_census.hpp>
#include <palimpsest/pool/role.hpp>

namespace palimpsest::dirty {

/// `FewPages`: up to so many resident pages are restored without protecting any.
template <std::size_t FewPages = 64>
struct adaptive {
    using role = role::dirty;

    static constexpr const char* name = "adaptive";
    static constexpr const char* needs = "userfaultfd with WP_ASYNC, and PAGEMAP_SCAN (Linux 6.7)";
    static constexpr bool finds_every_resident_page = false;

    /// Resets after which having protected a page has paid.
    static constexpr std::uint32_t pays_after = 16;
    /// Pages restored that cost as much as arming does.
    static constexpr std::size_t arming_costs_pages = 64;

    template <class System>
    class tracker {
        /// What is known of a page.
        struct page_note {
            std::uint16_t resident : 1;
            std::uint16_t protect : 1;  // armed; else restored in each reset
            std::uint16_t level : 2;    // how long it stays writable: `periods`
            std::uint16_t armed_at : 12;
        };
        static_assert(sizeof(page_note) == 2);
        /// Resets between two trials of a page, by level. A trial of a page that is still rewritten
        /// costs a fault, which virtual machines make as dear as 10 µs, or 150 restored pages.
        static constexpr std::array<std::uint32_t, 4> periods{1, 64, 1024, 4096};
        static constexpr std::uint32_t clock_ticks = 1U << 12U;

      public:
        class slot_data {
            friend tracker;
            std::uintptr_t origin = 0;
            std::size_t page_count = 0;
            detail::page_table<page_note> notes;
            detail::page_ranges writable;  // found in this reset, or left unprotected by the last
            tracked_range tracked;
            zero_page_census census;
            std::size_t resident = 0;
            std::size_t debt = 0;  // pages restored since that could have been armed
            std::uint32_t resets = 0;
            bool complete = false;     // `writable` holds all that it should
            bool protecting = false;   // more than a few pages are resident
            bool recalled = false;     // this reset went without a scan
        };

        /// Throws std::system_error when the kernel lacks what it needs.
        template <class Layout>
        tracker(System& system, const Layout&) : system_(system) {
            require_support<adaptive>(system);
            kernel_.open(system);
        }

        static bool supported(System& system) noexcept { return can_track_writes(system); }

        void set_up(slot_data& slot, os::address_range range) {
            slot.origin = range.begin;
            slot.page_count = range.pages();
            slot.notes = detail::page_table<page_note>(slot.page_count);
        }

        void mapped(slot_data& slot, os::address_range range) noexcept {
            forget_pages(slot, range);
            slot.tracked = kernel_.track(system_, range);
            slot.protecting = false;
        }

        void resetting(slot_data& slot) noexcept {
            slot.recalled = false;
            ++slot.resets;
        }

        template <class Sink>
        found collect(slot_data& slot, spans of, std::uintptr_t from, std::size_t most_pages,
                      Sink&& sink) noexcept {
            if (from <= of.front().begin) {
                slot.writable.clear();
                slot.complete = true;
            }
            const auto filter =
                slot.protecting ? os::page_filter::written() : os::page_filter::resident();
            return scan(system_, kernel_.pagemap(), filter, of, from, most_pages,
                        [&](os::address_range range) {
                            const std::size_t accepted = sink(range);
                            range.end = range.begin + accepted * os::page_size;
                            if (!slot.writable.append(range)) slot.complete = false;
                            note_resident(slot, range);
                            return accepted;
                        });
        }

        /// What can be dirty when no page fault happened: what is resident and not protected.
        template <class Sink>
        found recall(slot_data& slot, spans of, std::uintptr_t from, Sink&& sink) noexcept {
            if (!slot.complete) return found::failed();
            slot.recalled = true;
            for (auto range : slot.writable) {
                range.begin = std::max(range.begin, from);
                if (range.empty()) continue;
                const std::size_t accepted = sink(range);
                if (accepted < range.pages())
                    return found::up_to(range.begin + accepted * os::page_size);
            }
            return found::all(of);
        }

        void decommitted(slot_data& slot, os::address_range range) noexcept {
            forget_pages(slot, range);
            if (!slot.writable.remove(range)) slot.complete = false;
            if (slot.protecting) kernel_.forget(system_, slot.tracked, range);
            if (slot.resident == 0) slot.protecting = false;
        }

        void restored(slot_data& slot, spans of) noexcept {
            if (!slot.tracked.on || slot.resident <= FewPages) return;
            if (!slot.protecting) {
                slot.protecting = true;
                arm_all(slot, of);
            } else {
                arm_when_due(slot, of);
            }
        }

        std::size_t resident(const slot_data& slot) const noexcept { return slot.resident; }

        bool overgrown(slot_data& slot, spans of) noexcept {
            return slot.census.too_many(system_, kernel_.pagemap(), of);
        }

        void forked() noexcept { kernel_.reopen(system_); }
        void forked(slot_data& slot) noexcept {
            slot.tracked = {};
            slot.protecting = false;
            slot.complete = false;
        }

      private:
        static std::uint16_t now(const slot_data& slot) noexcept {
            return static_cast<std::uint16_t>(slot.resets % clock_ticks);
        }
        static std::size_t index_of(const slot_data& slot, std::uintptr_t address) noexcept {
            return (address - slot.origin) / os::page_size;
        }
        template <class Visit>
        static void for_each_note(slot_data& slot, os::address_range range,
                                  Visit&& visit) noexcept {
            const auto end = index_of(slot, range.end);
            for (auto at = index_of(slot, range.begin); at < end; ++at)
                visit(slot.notes[at], slot.origin + at * os::page_size);
        }

        static void note_resident(slot_data& slot, os::address_range range) noexcept {
            for_each_note(slot, range, [&](page_note& note, std::uintptr_t) {
                if (note.resident == 0) ++slot.resident;
                note.resident = 1;
            });
        }

        static void forget_pages(slot_data& slot, os::address_range range) noexcept {
            if (slot.resident == 0) return;
            for_each_note(slot, range, [&](page_note& note, std::uintptr_t) {
                slot.resident -= note.resident;
                note = {};
            });
        }

        /// A protected page was written: it stays writable for a while if that came soon.
        static void learn(slot_data& slot, page_note& note) noexcept {
            if (note.protect == 0) return;
            note.protect = 0;
            const auto age = (slot.resets - note.armed_at) % clock_ticks;
            if (age <= pays_after)
                note.level = note.level == 3 ? 3 : (note.level + 1U) & 3U;
            else
                note.level = note.level == 0 ? 0 : (note.level - 1U) & 3U;
        }

        static bool is_due(const slot_data& slot, const page_note& note) noexcept {
            return slot.resets % periods[note.level] == 0;
        }

        void arm_when_due(slot_data& slot, spans of) noexcept {
            std::size_t due = 0;
            std::size_t kept = 0;
            for (const auto& range : slot.writable)
                for_each_note(slot, range, [&](page_note& note, std::uintptr_t) {
                    learn(slot, note);
                    is_due(slot, note) ? ++due : ++kept;
                });
            slot.debt = due == 0 ? 0 : slot.debt + due;
            if (slot.debt < arming_costs_pages) return;
            // One call arms a whole span; to leave out what stays writable takes one for each
            // range between. Few pages to keep are cheaper armed too, at a fault each.
            kept <= due / 4 || !slot.complete ? arm_all(slot, of) : arm_due(slot);
            slot.debt = 0;
        }

        void arm_all(slot_data& slot, spans of) noexcept {
            for (const auto& span : of)
                if (!kernel_.protect(system_, span)) return;
            for (const auto& range : slot.writable)
                for_each_note(slot, range,
                              [&](page_note& note, std::uintptr_t) { mark(slot, note); });
            slot.writable.clear();
            slot.complete = true;
        }

        void arm_due(slot_data& slot) noexcept {
            detail::page_ranges rest;
            const auto keep = [&](os::address_range range) {
                if (!rest.append(range)) slot.complete = false;
            };
            for (const auto& range : slot.writable) {
                for (auto at = range.begin; at < range.end;) {
                    const bool due = is_due(slot, note_at(slot, at));
                    auto until = at + os::page_size;
                    while (until < range.end && is_due(slot, note_at(slot, until)) == due)
                        until += os::page_size;
                    const os::address_range part{at, until};
                    at = until;
                    if (!due || !kernel_.protect(system_, part)) {
                        keep(part);
                        continue;
                    }
                    for_each_note(slot, part,
                                  [&](page_note& note, std::uintptr_t) { mark(slot, note); });
                }
            }
            std::swap(slot.writable, rest);
        }

        static page_note& note_at(slot_data& slot, std::uintptr_t address) noexcept {
            return slot.notes[index_of(slot, address)];
        }

        static void mark(const slot_data& slot, page_note& note) noexcept {
            note.protect = 1;
            note.armed_at = now(slot) & 4095U;
        }

        System& system_;
        write_tracker kernel_;
    };
};

}  // namespace palimpsest::dirty
