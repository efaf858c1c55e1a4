// SPDX-License-Identifier: Apache-2.0
// Writing to pages, reading them, and counting those that hold private memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/pagemap.hpp>
#include <span>
#include <stdexcept>
#include <vector>

namespace palimpsest::test {

inline std::size_t pages(std::size_t count) { return count * os::page_size; }

/// Writes a byte to each of `count` pages from page `first` on.
inline void write_pages(std::span<std::byte> memory, std::size_t first, std::size_t count,
                        std::byte value = std::byte{0xa5}) {
    for (auto page = first; page < first + count; ++page) {
        std::byte* const at = &memory[pages(page)];
        *static_cast<volatile std::byte*>(at) = value;
    }
}

/// Reads a byte of each of `count` pages from page `first` on.
inline void read_pages(std::span<const std::byte> memory, std::size_t first, std::size_t count) {
    for (auto page = first; page < first + count; ++page) {
        const std::byte* const at = &memory[pages(page)];
        (void)*static_cast<const volatile std::byte*>(at);
    }
}

inline bool all_are(std::span<const std::byte> bytes, std::byte value) {
    return std::all_of(bytes.begin(), bytes.end(), [&](std::byte at) { return at == value; });
}
inline bool is_zero(std::span<const std::byte> bytes) { return all_are(bytes, std::byte{0}); }

inline bool equal(std::span<const std::byte> left, std::span<const std::byte> right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

/// Nonzero bytes, in which no two pages are alike.
inline std::vector<std::byte> pattern(std::size_t bytes) {
    std::vector<std::byte> filled(bytes);
    for (std::size_t at = 0; at < bytes; ++at)
        filled[at] = static_cast<std::byte>((at + at / os::page_size) % 251 + 1);
    return filled;
}

inline os::address_range range_of(std::span<const std::byte> bytes) {
    const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data());
    return {begin, begin + bytes.size()};
}

/// Pages of the range that pass the filter. Needs PAGEMAP_SCAN.
inline std::size_t count_pages(os::address_range range, os::page_filter filter) {
    const os::descriptor pagemap(os::open_pagemap{}().value);
    std::array<os::page_region, 64> regions;
    std::size_t count = 0;
    while (!range.empty()) {
        const auto scanned = os::scan_pagemap{}(pagemap.get(), range, filter, regions, 0);
        if (!scanned) throw std::runtime_error("the page map could not be scanned");
        for (const auto& region : std::span(regions).first(scanned.value.regions))
            count += (region.end - region.start) / os::page_size;
        range.begin = scanned.value.walked_to;
    }
    return count;
}
/// Those that hold private memory.
inline std::size_t resident_pages(os::address_range range) {
    return count_pages(range, os::page_filter::resident());
}
inline std::size_t resident_pages(std::span<const std::byte> bytes) {
    return resident_pages(range_of(bytes));
}

}  // namespace palimpsest::test
