// SPDX-License-Identifier: Apache-2.0
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
#include <span>
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

    /// Writes pages of the entity, one range after the other. Ranges in ascending order find their
    /// run where the one before has left off.
    class writer {
      public:
        writer() = default;
        explicit writer(const entity_contents& contents) noexcept
            : runs_(contents.runs_), next_(contents.runs_.data()) {}

        /// Writes what the entity holds from `offset` on over `target`, whole pages.
        void write(os::address_range target, std::size_t offset) noexcept {
            seek(offset);
            auto* to = target.data();
            const auto end = offset + target.size();
            while (offset < end) {
                const bool inside = next_ != runs_end() && next_->offset <= offset;
                const auto until =
                    std::min(end, inside                  ? next_->end
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

        /// Makes `next_` the first run that ends behind `offset`. Takes a step for each doubling of
        /// the distance in runs, from where the last range left off, or from the start.
        void seek(std::size_t offset) noexcept {
            if (next_ != runs_.data() && next_[-1].end > offset) next_ = runs_.data();
            if (next_ == runs_end() || next_->end > offset) return;
            auto left = static_cast<std::size_t>(runs_end() - next_);
            std::size_t step = 1;  // next_[0] ends before, and so does all that is stepped over
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
