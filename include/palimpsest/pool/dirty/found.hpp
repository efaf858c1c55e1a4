// SPDX-License-Identifier: Apache-2.0
// The result of a search for dirty pages, and helpers for backends that know the pages without
// asking the kernel. Your own policies may use all of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/guard_marker.hpp>
#include <span>

namespace palimpsest::dirty {

/// The parts of a slot that an instance could reach: whole pages, in address order.
using spans = std::span<const os::address_range>;

/// The ranges that end after `address`; `ranges` must be in address order.
template <class Ranges>
auto from(const Ranges& ranges, std::uintptr_t address) noexcept {
    const auto first =
        std::partition_point(ranges.begin(), ranges.end(),
                             [&](const os::address_range& range) { return range.end <= address; });
    return std::span<const os::address_range>(first, ranges.end());
}

/// The result of a search: the sink was given every dirty page below `walked_to`, and accepted it.
/// `complete` is false if the search failed.
struct found {
    bool complete = false;
    std::uintptr_t walked_to = 0;

    /// The result if the dirty pages are not known; the caller then decommits the slot.
    static constexpr found failed() noexcept { return {}; }
    /// The result of a search that got as far as `address`.
    static constexpr found up_to(std::uintptr_t address) noexcept { return {true, address}; }
    /// The result of a search that walked all spans.
    static constexpr found all(spans of) noexcept { return {true, of.empty() ? 0 : of.back().end}; }

    constexpr explicit operator bool() const noexcept { return complete; }
};

/// Passes the sink the part of a known range from `from` on, without asking the kernel. False if
/// the sink accepted less than that; `result` then says how far it got.
template <class Sink>
bool offer_one(os::address_range range, std::uintptr_t from, Sink&& sink, found& result) noexcept {
    range.begin = std::max(range.begin, from);
    if (range.empty()) return true;
    const std::size_t accepted = sink(range);
    if (accepted == range.pages()) return true;
    result = found::up_to(range.begin + accepted * os::page_size);
    return false;
}

/// Passes the sink several known ranges, in address order, from `begin` on.
template <class Ranges, class Sink>
found offer(const Ranges& ranges, spans of, std::uintptr_t begin, Sink&& sink) noexcept {
    auto result = found::all(of);
    for (const auto& range : from(ranges, begin))
        if (!offer_one(range, begin, sink, result)) break;
    return result;
}

/// Removes the guard markers of pages that are about to be written: writing to a guard would kill
/// the process. False if the kernel refuses; a kernel without guard markers counts as success.
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

}  // namespace palimpsest::dirty
