// SPDX-License-Identifier: Apache-2.0
// The contents from which an instance starts.
//
// An image is a sealed memory file that slots map copy-on-write: two slots of one image share its
// pages until they write. Copying an image copies a reference. Slots hold on to the image they are
// warm for, so it can be dropped while they use it; it goes when the last of them lets go.
//
// Making an image costs a few system calls and a copy of all pages that are not zero; runs of zeros
// are not stored. An image takes one file descriptor and one mapping of the host as long as it
// lives.
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

/// The contents from which an instance starts: state, tables and memories, in a sealed memory file.
/// Slots map it copy-on-write, so that they share its pages until they write. It never changes;
/// many threads may use it, and copying it copies a reference. It holds one file descriptor.
class image {
  public:
    /// Makes images of several entities: `image::builder{}.state(...).memory(0, ...).build()`.
    using builder = image_builder;

    /// An image whose memory 0 holds `bytes`, which are copied. Throws std::system_error, as all
    /// factories do, when the kernel refuses the file or the memory.
    static image from_bytes(std::span<const std::byte> bytes);

    /// An image whose memory 0 is `memory_bytes` long and holds the segments; where they overlap,
    /// the later one counts. Throws std::invalid_argument, which names the segment, when a segment
    /// ends behind the memory.
    static image from_segments(std::span<const segment> segments, std::size_t memory_bytes);

    /// An image whose memory 0 is `memory_bytes` long and holds zeros.
    static image zeroed(std::size_t memory_bytes);

    /// An image of everything that `slot` holds now: state, tables and memories at their present
    /// size. Addresses in the contents are not adapted: an engine whose state points into its own
    /// slot must rebase it after acquire. Nothing may write to the slot meanwhile. Throws
    /// std::bad_alloc, or std::system_error when the kernel refuses or a page cannot be read (a
    /// guard of MADV_GUARD_INSTALL; the error says where). The slot stays as it is in every case.
    template <class Slot>
    static image capture(const Slot& slot);

    const entity_contents& state() const noexcept { return data_->state; }
    std::span<const entity_contents> tables() const noexcept { return data_->tables; }
    std::span<const entity_contents> memories() const noexcept { return data_->memories; }
    /// An upper bound of the bytes that the memory file takes: all pages that are not zero, and
    /// runs of zeros between them for which one more mapping would cost more than it saves. Such
    /// runs are short (16 pages) or, in an entity of many runs, together no larger than its
    /// contents or 1 MiB. The file gets pages for them when a slot accesses them, once for all
    /// slots.
    std::size_t stored_bytes() const noexcept { return data_->view.range().size(); }
    /// An upper bound of the mappings that a slot needs for this image, its guards included. Each
    /// extent takes two: one for itself, and one for the range behind it. A memory that the image
    /// does not have takes two more once it is grown. A process may have 65,530 mappings by default
    /// (vm.max_map_count).
    std::size_t mappings() const noexcept { return data_->mappings; }
    /// A number that no other image of the process has, and never 0. Copies share it.
    std::uint64_t id() const noexcept { return data_->id; }
    /// The descriptor of the sealed file, for mapping an extent of it. The image keeps owning it.
    int file() const noexcept { return data_->file.get(); }

    /// Whether both are copies of one image; equal contents are not compared.
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

/// Collects the contents of an image, entity by entity, and then makes the image. build() reads the
/// bytes given, which must live until then. A second call for an entity replaces the first. One
/// thread at a time may use a builder.
class image_builder {
  public:
    /// The state is `bytes`. Throws std::invalid_argument, as do the functions below, when an
    /// entity is larger than 128 TiB, a segment ends behind its entity, or an index is 65,536 or
    /// more.
    image_builder& state(std::span<const std::byte> bytes) {
        const segment whole{0, bytes};
        return state({&whole, 1}, bytes.size());
    }
    /// The state is `bytes` long and holds the segments, and zeros elsewhere.
    image_builder& state(std::span<const segment> segments, std::size_t bytes) {
        state_ = plan("state", segments, bytes);
        return *this;
    }
    /// Table `index`, counted from 0, is `bytes`.
    image_builder& table(std::size_t index, std::span<const std::byte> bytes) {
        const segment whole{0, bytes};
        return table(index, {&whole, 1}, bytes.size());
    }
    /// Table `index` is `bytes` long and holds the segments, and zeros elsewhere.
    image_builder& table(std::size_t index, std::span<const segment> segments, std::size_t bytes) {
        at(tables_, "table", index) = plan("table " + std::to_string(index), segments, bytes);
        return *this;
    }
    /// Memory `index`, counted from 0, is `bytes` long at the start of an instance and holds the
    /// segments, and zeros elsewhere.
    image_builder& memory(std::size_t index, std::span<const segment> segments, std::size_t bytes) {
        at(memories_, "memory", index) = plan("memory " + std::to_string(index), segments, bytes);
        return *this;
    }
    /// Makes the image. Throws std::system_error, which says what to change, when the kernel
    /// refuses the file or the memory, and std::bad_alloc.
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
