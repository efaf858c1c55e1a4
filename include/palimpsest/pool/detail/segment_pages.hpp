// SPDX-License-Identifier: Apache-2.0
// The pages that the segments of an entity add up to.
//
// An entity can be gigabytes of nothing with a page here and there, so it is never laid out as a
// whole: the memory needed depends on the number of segments, and only a page that no single
// segment covers is assembled in a copy.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/pool/segment.hpp>
#include <span>
#include <vector>

namespace palimpsest::detail {

/// The parts of the segments that no later segment covers, in order of offset. Takes n log n time
/// for n segments, and returns at most twice as many parts. Throws std::bad_alloc.
inline std::vector<segment> without_overlaps(std::span<const segment> segments) {
    std::vector<std::size_t> order;
    order.reserve(segments.size());
    for (std::size_t index = 0; index < segments.size(); ++index)
        if (!segments[index].bytes.empty()) order.push_back(index);
    std::sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
        return segments[left].offset < segments[right].offset;
    });

    std::vector<segment> parts;
    std::vector<std::size_t> begun;  // segments that began before `at`: a heap, the latest on top
    std::size_t at = 0;
    const auto go_to = [&](std::size_t until) {
        while (at < until && !begun.empty()) {
            const auto& top = segments[begun.front()];
            const auto end = std::min(until, top.end());
            if (top.end() <= at) {
                std::pop_heap(begun.begin(), begun.end());
                begun.pop_back();
                continue;
            }
            parts.push_back({at, top.bytes.subspan(at - top.offset, end - at)});
            at = end;
        }
        at = until;
    };
    for (const auto index : order) {
        go_to(segments[index].offset);
        begun.push_back(index);
        std::push_heap(begun.begin(), begun.end());
    }
    go_to(~std::size_t{0});
    return parts;
}

inline bool is_zero(const std::byte* page) noexcept {
    // A page is zero if its first byte is, and each other byte equals its predecessor.
    return page[0] == std::byte{0} && std::memcmp(page, page + 1, os::page_size - 1) == 0;
}

/// The pages that the segments touch.
class segment_pages {
  public:
    /// The bytes of the segments must outlive this. Throws std::bad_alloc.
    explicit segment_pages(std::span<const segment> segments)
        : parts_(without_overlaps(segments)) {}

    /// Calls `visit(offset, bytes)` with all of these pages, in order of offset: with many pages at
    /// once if one segment holds them, otherwise with a copy of one page. Throws std::bad_alloc,
    /// and passes on exceptions of `visit`.
    template <class Visit>
    void for_each(Visit&& visit) const {
        std::vector<std::byte> copy(parts_.empty() ? 0 : os::page_size);
        std::size_t at = 0;  // all before it was visited
        for (auto part = parts_.begin(); part != parts_.end();) {
            at = std::max(at, os::round_down_to_page(part->offset));
            if (part->end() <= at) {
                ++part;
            } else if (part->offset <= at && part->end() - at >= os::page_size) {
                const auto size = os::round_down_to_page(part->end() - at);
                visit(at, part->bytes.subspan(at - part->offset, size));
                at += size;
            } else {
                put_together(copy, at, part);
                visit(at, std::span<const std::byte>(copy));
                at += os::page_size;
            }
        }
    }

    /// The runs of pages that are not all zeros, as offsets. Throws std::bad_alloc.
    std::vector<os::address_range> runs() const {
        std::vector<os::address_range> found;
        for_each([&](std::size_t offset, std::span<const std::byte> bytes) {
            for (std::size_t at = 0; at < bytes.size(); at += os::page_size) {
                if (is_zero(&bytes[at])) continue;
                const auto page = offset + at;
                if (!found.empty() && found.back().end == page)
                    found.back().end += os::page_size;
                else
                    found.push_back({page, page + os::page_size});
            }
        });
        return found;
    }

  private:
    using part_iterator = std::vector<segment>::const_iterator;

    /// Copies the page at `offset`. `part` is the first part that reaches into it.
    void put_together(std::span<std::byte> page, std::size_t offset, part_iterator part) const {
        std::memset(page.data(), 0, page.size());
        for (; part != parts_.end() && part->offset < offset + page.size(); ++part) {
            const auto from = std::max(part->offset, offset);
            const auto until = std::min(part->end(), offset + page.size());
            std::memcpy(&page[from - offset], &part->bytes[from - part->offset], until - from);
        }
    }

    std::vector<segment> parts_;
};

}  // namespace palimpsest::detail
