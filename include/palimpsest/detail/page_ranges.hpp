// A list of page ranges, kept from one reset to the next, that never throws: what does not fit is
// reported, and the owner then does without the list.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <new>
#include <palimpsest/os/address_range.hpp>
#include <vector>

namespace palimpsest::detail {

class page_ranges {
  public:
    /// More ranges than this are not worth remembering: restoring them takes longer than a scan.
    static constexpr std::size_t most = 4096;

    void clear() noexcept {
        ranges_.clear();
        pages_ = 0;
    }

    /// Appends a range that lies behind all others. False when there is no room for it.
    bool append(os::address_range range) noexcept {
        if (range.empty()) return true;
        if (!ranges_.empty() && ranges_.back().end == range.begin)
            ranges_.back().end = range.end;
        else if (!add(range))
            return false;
        pages_ += range.pages();
        return true;
    }

    /// Takes out what lies in `gone`. False when that needs room that is not there.
    bool remove(os::address_range gone) noexcept {
        const auto split = std::find_if(ranges_.begin(), ranges_.end(), [&](const auto& range) {
            return range.begin < gone.begin && gone.end < range.end;
        });
        if (split != ranges_.end()) {
            pages_ -= gone.pages();
            const os::address_range behind{gone.end, split->end};
            split->end = gone.begin;
            return insert(std::next(split), behind);
        }
        for (auto& range : ranges_) {
            const auto common = os::intersection(range, gone);
            if (common.empty()) continue;
            pages_ -= common.pages();
            (common.begin == range.begin ? range.begin : range.end) =
                common.begin == range.begin ? common.end : common.begin;
        }
        std::erase_if(ranges_, [](const auto& range) { return range.empty(); });
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

}  // namespace palimpsest::detail
