// Counts, now and then, the pages that were only read, and lets go of them when they are many.
//
// Such a page costs no memory of its own, since it is the shared page of zeros or the image's, but
// it costs an entry in a page table, and a scan walks it: 7 to 26 ns each, 0.4 ms once a hostile
// guest has read all of an image of 64 MiB, in every reset that follows. Pages that were written
// stay where they are, unless the two alternate often, or so much was read that the emptied page
// tables are slow to walk as well: before Linux 6.14 only mapping the slot anew frees them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/pagemap.hpp>
#include <palimpsest/pool/dirty/found.hpp>

namespace palimpsest::dirty {

class read_page_census {
  public:
    /// Resets between two countings, so that counting costs a reset 2% at the most.
    static constexpr std::uint32_t period = 64;
    /// Walking so many costs a scan about 7 µs.
    static constexpr std::size_t most_pages = 512;
    /// Runs of such pages that are given back one by one, and pages in all.
    static constexpr std::size_t most_runs = 64;
    static constexpr std::size_t most_given_back = 4'096;

    /// Called once a reset. True when it is time to count, there are too many, and the slot is
    /// better mapped anew than rid of just these.
    template <class System>
    bool too_many(System& system, int pagemap, spans of) noexcept {
        if (++resets_ % period != 0) return false;
        if (count(system, pagemap, of, most_pages + 1).pages <= most_pages) return false;
        const auto all = count(system, pagemap, of, most_given_back + 1);
        return all.runs > most_runs || all.pages > most_given_back ||
               !give_back(system, pagemap, of);
    }

  private:
    struct tally {
        std::size_t pages = 0;
        std::size_t runs = 0;
    };

    template <class System>
    static tally count(System& system, int pagemap, spans of, std::size_t most) noexcept {
        tally read;
        const auto add = [&](os::address_range range) {
            read.pages += range.pages();
            // More need not be counted.
            return ++read.runs <= most_runs || read.pages <= most_pages ? range.pages() : 0;
        };
        (void)scan(system, pagemap, os::page_filter::only_read(), of, 0, most, add);
        return read;
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
};

}  // namespace palimpsest::dirty
