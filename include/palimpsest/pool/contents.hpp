// SPDX-License-Identifier: Apache-2.0
// The contents of one entity (the state, a table or a memory) of an image.
//
//   entity:   |AAAA|BB  |    |    | ... |    |CCCC|          size bytes; A, B, C are not zero
//   extents:  [         )                    [    )          mapped from the file, copy-on-write
//   runs:     [        )                     [    )          what a restore copies
//   file:     |AAAA|BB  |CCCC|                               zero pages between extents not stored
//
// Pages outside the extents are anonymous memory: reading them costs nothing, whereas reading a
// hole in a memory file would allocate a page for it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <palimpsest/os/address_range.hpp>
#include <span>
#include <utility>
#include <vector>

namespace palimpsest {

/// Pages of an entity that a slot maps from the image's file. All in bytes.
struct image_extent {
    std::size_t offset;
    std::size_t size;
    std::size_t file_offset;
};

/// A run of pages, none of them all zeros, and the address where the host reads them. Offsets are
/// in bytes from the start of the entity.
struct image_run {
    std::size_t offset;
    std::size_t end;
    const std::byte* source;
};

/// The contents of one entity of an image: its size, the extents that a slot maps, and the runs
/// that a restore copies. It never changes, so many threads may read it.
class entity_contents {
  public:
    entity_contents() = default;
    entity_contents(std::size_t size, std::vector<image_extent> extents,
                    std::vector<image_run> runs)
        : size_(size), extents_(std::move(extents)), runs_(std::move(runs)) {}

    /// The initial size of the entity in bytes; not always whole pages.
    std::size_t size() const noexcept { return size_; }
    const std::vector<image_extent>& extents() const noexcept { return extents_; }
    const std::vector<image_run>& runs() const noexcept { return runs_; }

    /// Writes pages of the entity, one range after another. A range is found fastest if it comes
    /// after the previous one, where the search resumes.
    class writer {
      public:
        writer() = default;
        explicit writer(const entity_contents& contents) noexcept
            : runs_(contents.runs_), next_(contents.runs_.data()) {}

        /// Overwrites `target`, whole pages, with the contents from `offset` on: copies of the
        /// image's runs, and zeros between them.
        void write(os::address_range target, std::size_t offset) noexcept {
            seek(offset);
            auto* to = target.data();
            const auto end = offset + target.size();
            while (offset < end) {
                const bool inside = next_ != runs_end() && next_->offset <= offset;
                const auto until = std::min(end, inside                ? next_->end
                                                 : next_ == runs_end() ? end
                                                                       : next_->offset);
                if (inside)
                    std::memcpy(to, next_->source + (offset - next_->offset), until - offset);
                else
                    std::memset(to, 0, until - offset);
                to += until - offset;
                offset = until;
                if (inside && until == next_->end) ++next_;
            }
        }

      private:
        const image_run* runs_end() const noexcept { return runs_.data() + runs_.size(); }

        /// Makes `next_` the first run that ends after `offset`. It searches from the end of the
        /// last range, or from the start, and takes one step for each doubling of the distance in
        /// runs.
        void seek(std::size_t offset) noexcept {
            if (next_ != runs_.data() && next_[-1].end > offset) next_ = runs_.data();
            if (next_ == runs_end() || next_->end > offset) return;
            auto left = static_cast<std::size_t>(runs_end() - next_);
            std::size_t step = 1;  // next_[0] and all runs stepped over end before `offset`
            while (step < left && next_[step].end <= offset) {
                next_ += step;
                left -= step;
                step *= 2;
            }
            next_ = std::lower_bound(
                next_ + 1, next_ + std::min(step, left), offset,
                [](const image_run& run, std::size_t at) { return run.end <= at; });
        }

        std::span<const image_run> runs_{};
        const image_run* next_ = nullptr;
    };

  private:
    std::size_t size_ = 0;
    std::vector<image_extent> extents_;
    std::vector<image_run> runs_;
};

}  // namespace palimpsest
