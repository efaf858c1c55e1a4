// SPDX-License-Identifier: Apache-2.0
// Checks, now and then, whether the scans of a slot walk more than is worthwhile, and what to do.
//
// A scan walks the page tables of the slot. One table covers 2 MiB and takes 1.4 µs to walk,
// however few pages it has. A page that was only read (the shared page of zeros, or the image's
// own) takes another 7 to 26 ns. No budget counts either. So a guest that reads or writes one page
// in each 2 MiB, or reads all of a large image, would slow down all guests after it.
//
//   * Pages that were only read are given back if there are many in few runs.
//   * Otherwise, or if page tables hold few pages each, the slot is remapped. Before Linux 6.14
//     nothing else frees page tables. The next guest takes a fault again for each page that it
//     needs; a slot that keeps becoming slow is remapped less and less often.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/pagemap.hpp>
#include <palimpsest/pool/dirty/detail/scan.hpp>
#include <palimpsest/pool/dirty/found.hpp>

namespace palimpsest::dirty::detail {

/// Counts, every 64 resets of a slot, the page tables and pages that a scan walks. It gives back
/// pages that were only read, or says that the slot should be remapped. Part of the backends that
/// scan.
class walk_census {
  public:
    /// Resets between two counts, so that counting costs a reset 4% at most.
    static constexpr std::uint32_t period = 64;
    /// The most resets between two counts, for a slot that was remapped each time.
    static constexpr std::uint32_t longest_period = 1024;

    /// The most pages that were only read and may stay; walking that many costs a scan about 7 µs.
    static constexpr std::size_t most_pages = 512;
    /// The most runs of such pages that are given back one by one, and the most pages in all.
    static constexpr std::size_t most_runs = 64;
    static constexpr std::size_t most_given_back = 4'096;

    /// The number of page tables that may always be walked.
    static constexpr std::size_t most_tables = 4;
    /// The cost of walking a page table, in written pages, which cost some 0.08 µs each to restore;
    /// and the other costs of a reset, in the same unit.
    static constexpr std::size_t cost_of_table = 18;
    static constexpr std::size_t cost_of_reset = 38;

    /// Call it once in each reset. True if it was time to count and the slot should be remapped.
    template <class System>
    bool too_many(System& system, int pagemap, spans of) noexcept {
        if (++resets_ < due_) return false;
        resets_ = 0;
        const bool anew = is_better_mapped_anew(system, pagemap, of);
        due_ = anew ? std::min(2 * due_, longest_period) : period;
        return anew;
    }

    /// Records that the pages of `range` were given back; their page tables stay.
    void decommitted(os::address_range range) noexcept { emptied_ += tables_of(range); }
    /// Records that the slot was remapped, and has no page tables.
    void mapped() noexcept { emptied_ = 0; }

  private:
    struct tally {
        std::size_t pages = 0;
        std::size_t runs = 0;
        std::size_t tables = 0;
        std::uintptr_t end = 0;  // of the last run
        std::uintptr_t tables_end = 0;

        void add(os::address_range range) noexcept {
            runs += range.begin == end ? 0U : 1U;
            end = range.end;
            pages += range.pages();
            range.begin = std::max(range.begin, tables_end);
            if (range.begin >= range.end) return;
            tables += tables_of(range);
            tables_end = tables_of({0, range.end}) * table_bytes();
        }
    };

    /// The bytes that one page table covers: an entry takes 8 bytes, and a table one page.
    static std::size_t table_bytes() noexcept { return os::page_size / 8 * os::page_size; }

    /// The number of page tables in which a range lies.
    static std::size_t tables_of(os::address_range range) noexcept {
        if (range.empty()) return 0;
        return (range.end - 1) / table_bytes() - range.begin / table_bytes() + 1;
    }

    template <class System>
    bool is_better_mapped_anew(System& system, int pagemap, spans of) noexcept {
        const auto read =
            count(system, pagemap, os::page_filter::only_read(), of, most_given_back + 1);
        if (read.pages > most_given_back) return true;
        const auto all = count(system, pagemap, os::page_filter::mapped(), of, ~std::size_t{0});
        const auto written = all.pages - std::min(all.pages, read.pages);
        // Only an upper bound on the number of emptied tables is known.
        std::size_t in_reach = 0;
        for (const auto& span : of) in_reach += tables_of(span);
        const auto tables = std::min(all.tables + emptied_, in_reach);
        if (tables > most_tables && tables * cost_of_table > 2 * (written + cost_of_reset))
            return true;
        if (read.pages <= most_pages) return false;
        return read.runs > most_runs || !give_back(system, pagemap, of);
    }

    /// Counts the pages that pass the filter, and stops after `most` pages.
    template <class System>
    static tally count(System& system, int pagemap, os::page_filter filter, spans of,
                       std::size_t most) noexcept {
        tally counted;
        const auto add = [&](os::address_range range) {
            counted.add(range);
            return range.pages();
        };
        (void)scan(system, pagemap, filter, of, 0, most, add);
        return counted;
    }

    template <class System>
    static bool give_back(System& system, int pagemap, spans of) noexcept {
        const auto drop = [&](os::address_range range) {
            return system(os::decommit{}, range) ? range.pages() : 0;
        };
        const auto end = of.empty() ? 0 : of.back().end;
        const auto dropped =
            scan(system, pagemap, os::page_filter::only_read(), of, 0, ~std::size_t{0}, drop);
        return dropped && dropped.walked_to >= end;
    }

    std::uint32_t resets_ = 0;
    std::uint32_t due_ = period;
    std::size_t emptied_ = 0;
};

}  // namespace palimpsest::dirty::detail
