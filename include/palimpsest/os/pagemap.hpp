// SPDX-License-Identifier: Apache-2.0
// /proc/self/pagemap: the state of each page of the process, from one ioctl over a range
// (PAGEMAP_SCAN, Linux 6.7) or by reading one word per page (any kernel).
//
// Source: the kernel's Documentation/admin-guide/mm/pagemap.rst. The structures are defined here
// because Debian 12's headers are older than the call.
#pragma once

#include <linux/ioctl.h>
#include <sys/ioctl.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/call.hpp>
#include <palimpsest/os/raw.hpp>
#include <span>

namespace palimpsest::os {

/// The categories that a page can be in, as bits.
namespace page_category {
inline constexpr std::uint64_t tracked = 1U << 0U;  // PAGE_IS_WPALLOWED
inline constexpr std::uint64_t written = 1U << 1U;
inline constexpr std::uint64_t file = 1U << 2U;
inline constexpr std::uint64_t present = 1U << 3U;
inline constexpr std::uint64_t swapped = 1U << 4U;
inline constexpr std::uint64_t zero_page = 1U << 5U;
inline constexpr std::uint64_t huge = 1U << 6U;
inline constexpr std::uint64_t soft_dirty = 1U << 7U;
}  // namespace page_category

/// A run of pages, as addresses, that agree in the requested categories. This is the kernel's
/// struct page_region.
struct page_region {
    std::uint64_t start;
    std::uint64_t end;
    std::uint64_t categories;
};

/// The argument of PAGEMAP_SCAN, which is the kernel's struct pm_scan_arg.
struct pagemap_scan_request {
    std::uint64_t size = sizeof(pagemap_scan_request);
    std::uint64_t flags = 0;
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    std::uint64_t walk_end = 0;
    std::uint64_t regions = 0;
    std::uint64_t region_count = 0;
    std::uint64_t max_pages = 0;  // 0: no limit
    std::uint64_t category_inverted = 0;
    std::uint64_t category_mask = 0;
    std::uint64_t category_anyof_mask = 0;
    std::uint64_t return_mask = 0;
};
static_assert(sizeof(pagemap_scan_request) == 96 && sizeof(page_region) == 24);

/// Selects the pages that a scan looks for, by bits of page_category.
struct page_filter {
    std::uint64_t inverted = 0;  // categories to read as their opposite
    std::uint64_t all_of = 0;    // after inversion
    std::uint64_t any_of = 0;    // after inversion
    // Categories that a region names. Neighbours become one region only if they agree in these, and
    // a category that the filter excludes is the same for all.
    std::uint64_t named = page_category::zero_page;

    /// Selects the pages that hold private memory, present or swapped out.
    static constexpr page_filter resident() noexcept {
        using namespace page_category;
        // A page that was written and then swapped out, or that is being migrated, is not present
        // but swapped: leaving it out would expose one tenant's data to the next. A page that was
        // only read is the shared zero page, or the image's own page, and needs no reset. A guard
        // marker looks swapped as well, so each region names this category.
        return {.inverted = zero_page | file,
                .all_of = zero_page | file,
                .any_of = present | swapped,
                .named = zero_page | swapped};
    }

    /// Selects the resident pages that were written since they were last write-protected. The same
    /// filter chooses the pages to protect. It leaves out absent pages, because the marker that the
    /// kernel would put in their place costs a page table. It includes a page that is being
    /// migrated, because that would come back writable.
    static constexpr page_filter written() noexcept {
        auto filter = resident();
        filter.all_of |= page_category::written;
        return filter;
    }

    /// Selects all pages that have an entry in a page table.
    static constexpr page_filter mapped() noexcept {
        using namespace page_category;
        return {.any_of = present | swapped, .named = swapped};
    }

    /// Selects the pages that were read but never written: the shared zero page is mapped there, or
    /// the image's own page.
    static constexpr page_filter only_read() noexcept {
        using namespace page_category;
        return {.all_of = present, .any_of = zero_page | file, .named = present};
    }
};

/// The result of one scan: how many regions it filled in, and the address it reached.
struct pagemap_scan_result {
    std::size_t regions = 0;
    std::uintptr_t walked_to = 0;
};

/// Opens the page map of this process. The descriptor works only for the process that opened it, so
/// the child of a fork must open its own.
struct open_pagemap {
    static constexpr std::string_view name = "open";
    static constexpr const char* path = "/proc/self/pagemap";
    outcome<int> operator()() const noexcept {
        return outcome_of<int>(raw::open(path, O_RDONLY | O_CLOEXEC));
    }
};

/// Fills `regions` with the pages of `range` that pass the filter, in address order. Ends at the
/// end of the range, when `regions` is full, or after `most_pages` pages (0: no limit), and says
/// how far it got.
struct scan_pagemap {
    static constexpr std::string_view name = "ioctl PAGEMAP_SCAN";
    static constexpr unsigned long number = _IOWR('f', 16, pagemap_scan_request);

    outcome<pagemap_scan_result> operator()(int pagemap, address_range range, page_filter filter,
                                            std::span<page_region> regions,
                                            std::size_t most_pages) const noexcept {
        pagemap_scan_request request;
        request.start = range.begin;
        request.end = range.end;
        request.regions = reinterpret_cast<std::uintptr_t>(regions.data());
        request.region_count = regions.size();
        request.max_pages = most_pages;
        request.category_inverted = filter.inverted;
        request.category_mask = filter.all_of;
        request.category_anyof_mask = filter.any_of;
        request.return_mask = filter.named;
        const int found = ::ioctl(pagemap, number, &request);
        if (found < 0) return {{}, errno};
        return {{static_cast<std::size_t>(found), request.walk_end}, 0};
    }
};

/// Write-protects the pages of `range` that hold private memory, so that the next scan for
/// page_filter::written() finds only later writes. Only for memory registered with a tracking
/// userfaultfd (track_writes).
struct protect_written_pages {
    static constexpr std::string_view name = "ioctl PAGEMAP_SCAN";

    status operator()(int pagemap, address_range range) const noexcept {
        constexpr std::uint64_t protect_matching = 1U << 0U;  // PM_SCAN_WP_MATCHING
        constexpr std::uint64_t check_tracking = 1U << 1U;    // PM_SCAN_CHECK_WPASYNC
        constexpr auto filter = page_filter::written();
        // Nobody reads this buffer, but without one the kernel takes a shortcut that ignores the
        // filter, and leaves markers in place of all absent pages.
        std::array<page_region, 128> regions;
        pagemap_scan_request request;
        request.flags = protect_matching | check_tracking;
        request.start = range.begin;
        request.end = range.end;
        request.regions = reinterpret_cast<std::uintptr_t>(regions.data());
        request.region_count = regions.size();
        request.category_inverted = filter.inverted;
        request.category_mask = filter.all_of;
        request.category_anyof_mask = filter.any_of;
        while (request.start < request.end) {
            if (::ioctl(pagemap, scan_pagemap::number, &request) < 0) return {{}, errno};
            request.start = request.walk_end;
        }
        return {};
    }
};

/// The 64-bit word with which /proc/self/pagemap describes one page.
struct pagemap_word {
    std::uint64_t bits = 0;

    bool soft_dirty() const noexcept { return (bits >> 55U & 1U) != 0; }
    bool file_or_shared() const noexcept { return (bits >> 61U & 1U) != 0; }
    bool swapped() const noexcept { return (bits >> 62U & 1U) != 0; }
    bool present() const noexcept { return (bits >> 63U & 1U) != 0; }
    /// Whether the page holds private memory. The shared zero page looks the same here.
    bool resident() const noexcept { return (present() || swapped()) && !file_or_shared(); }
};

/// Reads the words of the pages from `address` on, and returns how many it read. Works on any
/// kernel.
struct read_pagemap {
    static constexpr std::string_view name = "pread";
    outcome<std::size_t> operator()(int pagemap, std::uintptr_t address,
                                    std::span<pagemap_word> words) const noexcept {
        const auto offset = static_cast<off_t>(address / page_size * sizeof(pagemap_word));
        const auto bytes = raw::read_at(pagemap, words.data(), words.size_bytes(), offset);
        if (bytes < 0) return {0, errno};
        return {static_cast<std::size_t>(bytes) / sizeof(pagemap_word), 0};
    }
};

}  // namespace palimpsest::os
