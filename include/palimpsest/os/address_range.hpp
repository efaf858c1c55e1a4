// SPDX-License-Identifier: Apache-2.0
// A half-open range of addresses, and rounding to pages.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace palimpsest::os {

/// Bytes in a page of this machine; a power of two. Read once.
inline const std::size_t page_size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));

/// `bytes` rounded up to whole pages. `bytes` must be at least a page below the largest number.
inline std::size_t round_up_to_page(std::size_t bytes) noexcept {
    return (bytes + page_size - 1) & ~(page_size - 1);
}

/// `bytes`, or an address, rounded down to the start of its page.
inline std::size_t round_down_to_page(std::size_t bytes) noexcept {
    return bytes & ~(page_size - 1);
}

/// The addresses from `begin` up to, but not including, `end`, in bytes. They are numbers and not
/// pointers, because a range may cover memory that is not accessible.
struct address_range {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;

    /// Bytes in the range.
    constexpr std::size_t size() const noexcept { return end - begin; }
    constexpr bool empty() const noexcept { return begin >= end; }
    constexpr bool contains(std::uintptr_t address) const noexcept {
        return address >= begin && address < end;
    }
    /// Whole pages in the range; its ends should lie on page boundaries.
    std::size_t pages() const noexcept { return size() / page_size; }
    std::byte* data() const noexcept { return reinterpret_cast<std::byte*>(begin); }

    constexpr bool operator==(const address_range&) const noexcept = default;
};

/// The addresses that lie in both ranges; an empty range if there are none.
constexpr address_range intersection(address_range a, address_range b) noexcept {
    const auto begin = std::max(a.begin, b.begin);
    return {begin, std::max(begin, std::min(a.end, b.end))};
}

}  // namespace palimpsest::os
