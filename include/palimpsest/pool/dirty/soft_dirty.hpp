// SPDX-License-Identifier: Apache-2.0
// Reads the soft-dirty bit of each page: for kernels before Linux 6.7 that were built with
// CONFIG_MEM_SOFT_DIRTY.
//
// It reads 8 bytes for each page of the span (64 MiB: 128 KiB, tens of microseconds). The bit is
// cleared for the whole process at once, so it is cleared only after a reset found many dirty
// pages, and every instance running at that time is reset as if all its resident pages were dirty.
// Nothing else in the process may clear it, but pools of this library may share it.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/pagemap.hpp>
#include <palimpsest/os/soft_dirty.hpp>
#include <palimpsest/pool/dirty/detail/page_set.hpp>
#include <palimpsest/pool/dirty/detail/support.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hook.hpp>
#include <palimpsest/pool/provides.hpp>
#include <palimpsest/pool/roles.hpp>

namespace palimpsest::dirty {

/// Reads the soft-dirty bit of each page, in tens of microseconds for 64 MiB. Choose it for kernels
/// before Linux 6.7 that were built with CONFIG_MEM_SOFT_DIRTY. Nothing else in the process may
/// clear the bits, but pools of this library may share them.
struct soft_dirty {
    using role = roles::dirty;

    static constexpr const char* name = "soft_dirty";
    static constexpr const char* needs = "a kernel built with CONFIG_MEM_SOFT_DIRTY";
    static constexpr bool finds_every_resident_page = false;

    /// The number of dirty pages above which a reset clears the bits. Clearing walks all memory of
    /// the process, which is worth it only if many pages are restored for nothing.
    static constexpr std::size_t clear_above = 256;

    /// The backend of one pool. It takes two file descriptors.
    template <class System>
    class tracker {
      public:
        using provided_hooks =
            provides<hook::supported, hook::set_up, hook::mapped, hook::acquired, hook::resetting,
                     hook::decommitted, hook::restored, hook::resident, hook::forked>;

        class slot_data {
            friend tracker;
            detail::page_set resident_;
            std::uint64_t began_ = 1;    // the count of clearings when the instance began
            bool trusted_ = false;       // the bits hold all that was written since
            std::size_t collected_ = 0;  // pages, in this reset
        };

        /// Throws std::system_error if the kernel does not keep the bit.
        template <class Layout>
        tracker(System& system, const Layout&)
            : system_(system),
              pagemap_(detail::open_or_throw<os::open_pagemap>(system)),
              clear_refs_(detail::open_or_throw<os::open_clear_refs>(system)) {
            detail::require_support<soft_dirty>(system);
        }

        static bool supported(System& system) noexcept {
            const auto page = detail::probe_page(system);
            const auto pagemap = detail::reopen<os::open_pagemap>(system);
            std::array<os::pagemap_word, 1> word;
            return !page.range().empty() && pagemap &&
                   system(os::read_pagemap{}, pagemap.get(), page.range().begin, word).value == 1 &&
                   word[0].soft_dirty();
        }

        void set_up(slot_data& slot, os::address_range range) {
            slot.resident_ = detail::page_set(range);
        }

        void mapped(slot_data& slot, os::address_range range) noexcept {
            slot.resident_.erase(range);
            slot.resident_.shrink();
        }

        void acquired(slot_data& slot) noexcept { slot.began_ = clearings(); }

        void resetting(slot_data& slot) noexcept {
            slot.collected_ = 0;
            // When the count is odd, a clearing was under way; when it changed, there was one
            // since. Either may have wiped the bit of a page that this instance wrote.
            slot.trusted_ = slot.began_ % 2 == 0 && clearings() == slot.began_;
        }

        template <class Sink>
        found collect(slot_data& slot, spans of, std::uintptr_t from, std::size_t,
                      Sink&& sink) noexcept {
            auto result = found::all(of);
            for (const auto& span : dirty::from(of, from)) {
                const auto stopped =
                    collect_span(slot, {std::max(span.begin, from), span.end}, result, sink);
                if (stopped) break;
            }
            // The bits were read while somebody cleared them.
            if (slot.trusted_ && clearings() != slot.began_) return found::failed();
            return result;
        }

        void decommitted(slot_data& slot, os::address_range range) noexcept {
            slot.resident_.erase(range);
        }

        void restored(slot_data& slot, spans) noexcept {
            auto now = clearings();
            if (slot.collected_ < clear_above || now % 2 != 0) return;
            if (!all_clearings().compare_exchange_strong(now, now + 1)) return;
            (void)system_(os::clear_soft_dirty{}, clear_refs_.get());
            all_clearings().store(now + 2);
        }

        std::size_t resident(const slot_data& slot, std::size_t) const noexcept {
            return slot.resident_.size();
        }

        void forked() noexcept {
            pagemap_ = detail::reopen<os::open_pagemap>(system_);
            clear_refs_ = detail::reopen<os::open_clear_refs>(system_);
        }

      private:
        /// Twice the number of clearings in this process, plus one while one is under way.
        static std::atomic<std::uint64_t>& all_clearings() noexcept {
            static std::atomic<std::uint64_t> count{0};
            return count;
        }
        static std::uint64_t clearings() noexcept { return all_clearings().load(); }

        /// True if the sink took less than it was given, or if the page map could not be read;
        /// `result` then says which.
        template <class Sink>
        bool collect_span(slot_data& slot, os::address_range rest, found& result,
                          Sink& sink) noexcept {
            std::array<os::pagemap_word, 512> words;
            while (!rest.empty()) {
                const auto wanted = std::min(words.size(), rest.pages());
                const auto got = system_(os::read_pagemap{}, pagemap_.get(), rest.begin,
                                         std::span(words).first(wanted));
                if (!got || got.value == 0) {
                    result = found::failed();
                    return true;
                }
                if (!collect_words(slot, rest.begin, std::span(words).first(got.value), result,
                                   sink))
                    return true;
                rest.begin += got.value * os::page_size;
            }
            return false;
        }

        template <class Sink>
        bool collect_words(slot_data& slot, std::uintptr_t begin,
                           std::span<const os::pagemap_word> words, found& result,
                           Sink& sink) noexcept {
            // A guard marker looks like a page that was swapped out, and has no bit of its own.
            const auto swapped = [](const os::pagemap_word& word) { return word.swapped(); };
            const auto dirty = [&](const os::pagemap_word& word) {
                return word.resident() && (!slot.trusted_ || word.soft_dirty() || word.swapped());
            };
            for (auto at = words.begin(); at != words.end();) {
                at = std::find_if(at, words.end(), dirty);
                const auto until = std::find_if_not(at, words.end(), dirty);
                const os::address_range run{address_of(begin, words, at),
                                            address_of(begin, words, until)};
                if (std::any_of(at, until, swapped) && !remove_guards(system_, run)) {
                    result = found::failed();
                    return false;
                }
                at = until;
                if (run.empty()) continue;
                slot.resident_.insert(run);
                const std::size_t accepted = sink(run);
                slot.collected_ += accepted;
                if (accepted == run.pages()) continue;
                result = found::up_to(run.begin + accepted * os::page_size);
                return false;
            }
            return true;
        }

        static std::uintptr_t address_of(std::uintptr_t begin,
                                         std::span<const os::pagemap_word> words,
                                         std::span<const os::pagemap_word>::iterator at) noexcept {
            return begin + static_cast<std::size_t>(at - words.begin()) * os::page_size;
        }

        System& system_;
        os::descriptor pagemap_;
        os::descriptor clear_refs_;
    };
};

}  // namespace palimpsest::dirty
