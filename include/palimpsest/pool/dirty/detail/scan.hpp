// SPDX-License-Identifier: Apache-2.0
// The search that most backends make: one scan of the page map after another, until all spans are
// walked.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/pagemap.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/observe/event.hpp>
#include <span>

namespace palimpsest::dirty::detail {

/// The number of regions that one call reads. More do not make a scan faster, and the buffer lies
/// on the stack.
inline constexpr std::size_t scan_regions = 128;

/// The most pages that the first call finds; each later call may find 8 times as many as the one
/// before. If a sink stops within a long run, finding the pages beyond was wasted work.
inline constexpr std::size_t first_scan_pages = 64;
inline constexpr std::size_t most_scan_pages = 1U << 24U;

/// Passes the sink all pages of the spans from `begin` on that match the filter. Stops once the
/// sink accepts less than it is given, or after `most_pages`.
template <class System, class Sink>
found scan(System& system, int pagemap, os::page_filter filter, spans of, std::uintptr_t begin,
           std::size_t most_pages, Sink&& sink) noexcept {
    std::array<os::page_region, scan_regions> regions;
    auto most = first_scan_pages;
    for (const auto& span : from(of, begin)) {
        auto rest = os::address_range{std::max(span.begin, begin), span.end};
        while (!rest.empty()) {
            if (most_pages == 0) return found::up_to(rest.begin);
            system.tell(event::scanned{});
            const auto scanned = system(os::scan_pagemap{}, pagemap, rest, filter, regions,
                                        std::min(most_pages, most));
            if (!scanned) return found::failed();
            for (const auto& [start, end, categories] :
                 std::span(regions).first(scanned.value.regions)) {
                const os::address_range region{start, end};
                const bool may_be_guard = (categories & os::page_category::swapped) != 0;
                if (may_be_guard && !remove_guards(system, region)) return found::failed();
                const std::size_t accepted = sink(region);
                if (accepted < region.pages())
                    return found::up_to(start + accepted * os::page_size);
                most_pages -= region.pages();
            }
            // A full buffer ends a scan just as the limit does, so go on from there.
            rest.begin = scanned.value.walked_to;
            if (!rest.empty()) most = std::min(8 * most, most_scan_pages);
        }
    }
    return found::all(of);
}

}  // namespace palimpsest::dirty::detail
