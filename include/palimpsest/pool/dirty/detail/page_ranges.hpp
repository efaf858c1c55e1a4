// SPDX-License-Identifier: Apache-2.0
// A list of page ranges that is kept from one reset to the next and never throws. If a range does
// not fit, the list says so, and its owner then does without the list.
#pragma once

#include <algorithm>
#include <cstddef>
#include <new>
#include <palimpsest/os/address_range.hpp>
#include <vector>

namespace palimpsest::dirty::detail {

/// Ranges of whole pages in address order, at most `most` of them.
class page_ranges {
  public:
    /// More ranges are not worth remembering: restoring them takes longer than a scan.
    static constexpr std::size_t most = 4096;

    void clear() noexcept {
        ranges_.clear();
        pages_ = 0;
    }

    /// Appends a range that lies after all others. False if there is no room for it.
    bool append(os::address_range range) noexcept {
        if (range.empty()) return true;
        if (!ranges_.empty() && ranges_.back().end == range.begin)
            ranges_.back().end = range.end;
        else if (!add(range))
            return false;
        pages_ += range.pages();
        return true;
    }

    /// Removes all pages that lie in `gone`. False if a range would have to be split and there is
    /// no room for its second part.
    bool remove(os::address_range gone) noexcept {
        if (gone.empty()) return true;
        auto first = std::partition_point(ranges_.begin(), ranges_.end(), [&](const auto& range) {
            return range.end <= gone.begin;
        });
        if (first != ranges_.end() && first->begin < gone.begin) {
            const os::address_range behind{gone.end, first->end};
            pages_ -= os::intersection(*first, gone).pages();
            first->end = gone.begin;
            ++first;
            if (!behind.empty()) return insert(first, behind);
        }
        auto last = first;
        for (; last != ranges_.end() && last->end <= gone.end; ++last) pages_ -= last->pages();
        if (last != ranges_.end() && last->begin < gone.end) {
            pages_ -= (gone.end - last->begin) / os::page_size;
            last->begin = gone.end;
        }
        ranges_.erase(first, last);
        return true;
    }

    std::size_t pages() const noexcept { return pages_; }
    bool empty() const noexcept { return ranges_.empty(); }
    auto begin() const noexcept { return ranges_.begin(); }
    auto end() const noexcept { return ranges_.end(); }

  private:
    using list = std::vector<os::address_range>;

    bool add(os::address_range range) noexcept { return insert(ranges_.end(), range); }

    bool insert(list::const_iterator where, os::address_range range) noexcept try {
        if (ranges_.size() == most) return false;
        ranges_.insert(where, range);
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }

    list ranges_;
    std::size_t pages_ = 0;
};

}  // namespace palimpsest::dirty::detail
