// SPDX-License-Identifier: Apache-2.0
// The contents an instance starts from.
//
// An image is a sealed memory file that slots map copy-on-write: two slots of one image share its
// pages until they write. Copying an image copies a reference. Slots hold on to the image they are
// warm for, so it can be dropped while they use it; it goes when the last of them lets go.
//
// Making one costs a few system calls and a copy of what is not zero; zero runs are not stored. An
// image takes one file descriptor and one mapping of the host as long as it lives.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/memory_file.hpp>
#include <palimpsest/pool/contents.hpp>
#include <palimpsest/pool/segment.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace palimpsest {

class image_builder;

class image {
  public:
    using builder = image_builder;

    /// Memory 0 holds `bytes`. All factories throw std::system_error when the kernel refuses the
    /// file or the memory.
    static image from_bytes(std::span<const std::byte> bytes);

    /// Memory 0 is `memory_bytes` long and holds the segments; where they overlap, the later one
    /// counts. Throws std::invalid_argument, which names the segment, when one ends behind that.
    static image from_segments(std::span<const segment> segments, std::size_t memory_bytes);

    /// Memory 0 is `memory_bytes` long and holds zeros.
    static image zeroed(std::size_t memory_bytes);

    /// All that `slot` holds as it stands: state, tables and memories at their present size. The
    /// slot stays as it is. Addresses in the contents are not adapted: an engine whose state points
    /// into its own slot rebases it after acquire. Nothing may write to the slot meanwhile. Throws
    /// std::bad_alloc, or std::system_error when the kernel refuses or a page cannot be read (a
    /// guard of MADV_GUARD_INSTALL; the error says where). The slot stays as it is then too.
    template <class Slot>
    static image capture(const Slot& slot);

    const entity_contents& state() const noexcept { return data_->state; }
    std::span<const entity_contents> tables() const noexcept { return data_->tables; }
    std::span<const entity_contents> memories() const noexcept { return data_->memories; }
    /// Bytes of the memory file at the most: what is not zero, in whole pages, and runs of zeros
    /// between for which a mapping more would cost more than it saves. Those are short (16 pages) or,
    /// in an entity of many runs, together no more than what it holds or 1 MiB; the file gets pages
    /// for them when a slot accesses them, once for all slots.
    std::size_t stored_bytes() const noexcept { return data_->view.range().size(); }
    /// The mappings that a slot needs for this image, its guards included: an upper bound. Each
    /// extent takes two, its own and what lies behind it. A memory that the image does not have
    /// takes two more once it is grown. A process has 65,530 mappings by default (vm.max_map_count).
    std::size_t mappings() const noexcept { return data_->mappings; }
    /// Different for each image ever made, and never 0. Copies share it.
    std::uint64_t id() const noexcept { return data_->id; }
    /// The sealed file, for mapping an extent of it.
    int file() const noexcept { return data_->file.get(); }

    bool operator==(const image& other) const noexcept { return data_ == other.data_; }

  private:
    friend class image_builder;

    struct contents {
        std::uint64_t id = 0;
        std::size_t mappings = 0;
        os::descriptor file;
        os::mapping view;
        entity_contents state;
        std::vector<entity_contents> tables;
        std::vector<entity_contents> memories;
    };

    explicit image(std::shared_ptr<const contents> data) noexcept : data_(std::move(data)) {}

    std::shared_ptr<const contents> data_;
};

/// Collects what an image holds, entity by entity, then makes it. The bytes given are read by
/// build(), and must live until then. Not for use by many threads at once.
class image_builder {
  public:
    image_builder& state(std::span<const std::byte> bytes) {
        const segment whole{0, bytes};
        return state({&whole, 1}, bytes.size());
    }
    image_builder& state(std::span<const segment> segments, std::size_t bytes) {
        state_ = plan("state", segments, bytes);
        return *this;
    }
    image_builder& table(std::size_t index, std::span<const std::byte> bytes) {
        const segment whole{0, bytes};
        return table(index, {&whole, 1}, bytes.size());
    }
    image_builder& table(std::size_t index, std::span<const segment> segments, std::size_t bytes) {
        at(tables_, "table", index) = plan("table " + std::to_string(index), segments, bytes);
        return *this;
    }
    image_builder& memory(std::size_t index, std::span<const segment> segments, std::size_t bytes) {
        at(memories_, "memory", index) = plan("memory " + std::to_string(index), segments, bytes);
        return *this;
    }
    /// Throws std::system_error when the kernel refuses.
    image build() const;

  private:
    struct entity_plan {
        std::size_t size = 0;
        std::vector<segment> segments;
    };

    static constexpr std::size_t most_entities = 1U << 16U;
    static constexpr std::size_t most_bytes = std::size_t{1} << 47U;

    static entity_plan plan(const std::string& entity, std::span<const segment> segments,
                            std::size_t bytes);
    static entity_plan& at(std::vector<entity_plan>& plans, const char* kind, std::size_t index) {
        if (index >= most_entities)
            throw std::invalid_argument(std::string("palimpsest: image: there is no ") + kind +
                                        " " + std::to_string(index) + "; the last is " +
                                        std::to_string(most_entities - 1) + ": number them from 0");
        if (plans.size() <= index) plans.resize(index + 1);
        return plans[index];
    }

    entity_plan state_;
    std::vector<entity_plan> tables_;
    std::vector<entity_plan> memories_;
};

}  // namespace palimpsest

#include <palimpsest/pool/image_builder.hpp>  // the definitions
