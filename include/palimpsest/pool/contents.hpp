// What one entity (the state, a table or a memory) of an image holds.
//
//   entity:   |AAAA|BB  |    |    | ... |    |CCCC|          size bytes; A, B, C are not zero
//   extents:  [         )                    [    )          mapped from the file, copy-on-write
//   runs:     [        )                     [    )          what a restore copies
//   file:     |AAAA|BB  |CCCC|                               zero pages between extents not stored
//
// Pages outside the extents are anonymous memory: reading them costs nobody anything, whereas
// reading a hole of a memory file would allocate a page for it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <palimpsest/os/address_range.hpp>
#include <utility>
#include <vector>

namespace palimpsest {

/// Pages of an entity that are mapped from the image's file. Bytes.
struct image_extent {
    std::size_t offset;
    std::size_t size;
    std::size_t file_offset;
};

/// Pages of an entity none of which is zero throughout, and where the host reads them. Bytes.
struct image_run {
    std::size_t offset;
    std::size_t end;
    const std::byte* source;
};

class entity_contents {
  public:
    entity_contents() = default;
    entity_contents(std::size_t size, std::vector<image_extent> extents,
                    std::vector<image_run> runs)
        : size_(size), extents_(std::move(extents)), runs_(std::move(runs)) {}

    /// Bytes the entity begins with; not always whole pages.
    std::size_t size() const noexcept { return size_; }
    const std::vector<image_extent>& extents() const noexcept { return extents_; }
    const std::vector<image_run>& runs() const noexcept { return runs_; }

    /// Writes what the entity holds from `offset` on over `target`, whole pages.
    void write_to(os::address_range target, std::size_t offset) const noexcept {
        const auto end = offset + target.size();
        auto* to = target.data();
        auto run = first_run_behind(offset);
        while (offset < end) {
            const bool zeros = run == runs_.end() || run->offset > offset;
            const auto until = std::min(end, !zeros                ? run->end
                                             : run == runs_.end() ? end
                                                                  : run->offset);
            const auto bytes = until - offset;
            if (zeros)
                std::memset(to, 0, bytes);
            else
                std::memcpy(to, run->source + (offset - run->offset), bytes);
            if (!zeros) ++run;
            to += bytes;
            offset = until;
        }
    }

  private:
    std::vector<image_run>::const_iterator first_run_behind(std::size_t offset) const noexcept {
        return std::upper_bound(
            runs_.begin(), runs_.end(), offset,
            [](std::size_t at, const image_run& run) noexcept { return at < run.end; });
    }

    std::size_t size_ = 0;
    std::vector<image_extent> extents_;
    std::vector<image_run> runs_;
};

}  // namespace palimpsest
