// SPDX-License-Identifier: Apache-2.0
// The result of a search for dirty pages, and the search that most backends make: one scan after
// another until all spans are walked.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/guard_marker.hpp>
#include <palimpsest/os/pagemap.hpp>
#include <palimpsest/pool/observe/event.hpp>
#include <span>

namespace palimpsest::dirty {

/// The parts of a slot that an instance could reach, in order of address, whole pages.
using spans = std::span<const os::address_range>;

/// The ranges, in order of address, from the first that ends behind `address` on.
template <class Ranges>
auto from(const Ranges& ranges, std::uintptr_t address) noexcept {
    const auto first =
        std::partition_point(ranges.begin(), ranges.end(),
                             [&](const os::address_range& range) { return range.end <= address; });
    return std::span<const os::address_range>(first, ranges.end());
}

/// The result of a search: every dirty page below `walked_to` was given to the sink and accepted.
/// `complete` is false when the search failed.
struct found {
    bool complete = false;
    std::uintptr_t walked_to = 0;

    /// The result when the dirty pages are not known; the caller then decommits the slot.
    static constexpr found failed() noexcept { return {}; }
    /// The result of a search that came up to `address`.
    static constexpr found up_to(std::uintptr_t address) noexcept { return {true, address}; }
    /// The result of a search that walked all spans.
    static constexpr found all(spans of) noexcept { return {true, of.empty() ? 0 : of.back().end}; }

    constexpr explicit operator bool() const noexcept { return complete; }
};

/// Gives the sink the part of a known range from `from` on, without asking the kernel. False when
/// the sink accepted less than that; `result` then says how far it came.
template <class Sink>
bool offer_one(os::address_range range, std::uintptr_t from, Sink&& sink, found& result) noexcept {
    range.begin = std::max(range.begin, from);
    if (range.empty()) return true;
    const std::size_t accepted = sink(range);
    if (accepted == range.pages()) return true;
    result = found::up_to(range.begin + accepted * os::page_size);
    return false;
}

/// Gives the sink several known ranges, in order of address, from `begin` on.
template <class Ranges, class Sink>
found offer(const Ranges& ranges, spans of, std::uintptr_t begin, Sink&& sink) noexcept {
    auto result = found::all(of);
    for (const auto& range : from(ranges, begin))
        if (!offer_one(range, begin, sink, result)) break;
    return result;
}

/// Removes the guard markers of pages that are about to be written: writing to a guard would kill
/// the process. False when the kernel refuses; a kernel without guard markers counts as success.
template <class System>
bool remove_guards(System& system, os::address_range pages) noexcept {
    const auto removed = system(os::remove_guards{}, pages);
    return removed || removed.error == EINVAL;
}

/// Removes the guard markers in all of the spans.
template <class System>
bool remove_guards(System& system, spans of) noexcept {
    return std::all_of(of.begin(), of.end(), [&](const os::address_range& span) {
        return span.empty() || remove_guards(system, span);
    });
}

/// The number of regions that one call reads. More do not make a scan faster, and the buffer lies
/// on the stack.
inline constexpr std::size_t scan_regions = 128;

/// The most pages that the first call finds; each later call may find 8 times as many as the one
/// before. When a sink stops within a long run, the pages that the call found beyond were in vain.
inline constexpr std::size_t first_scan_pages = 64;
inline constexpr std::size_t most_scan_pages = 1U << 24U;

/// Gives the sink all pages of the spans from `begin` on that pass the filter. Stops when the sink
/// accepts less than it is given, or after `most_pages`.
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
            // A full buffer ends a scan as well as the limit does: go on behind it.
            rest.begin = scanned.value.walked_to;
            if (!rest.empty()) most = std::min(8 * most, most_scan_pages);
        }
    }
    return found::all(of);
}

}  // namespace palimpsest::dirty
