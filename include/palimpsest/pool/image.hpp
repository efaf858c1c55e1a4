// SPDX-License-Identifier: Apache-2.0
// The contents from which an instance starts.
//
// An image is a sealed memory file that slots map copy-on-write: two slots of one image share its
// pages until they write. Copying an image copies a reference. Slots hold on to the image they are
// warm for, so you can drop it while they use it; it is destroyed when the last of them lets go.
//
// Making an image costs a few system calls and a copy of all pages that are not zero; runs of zeros
// are not stored. An image takes one file descriptor and one host mapping as long as it lives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/pool/contents.hpp>
#include <palimpsest/pool/segment.hpp>
#include <span>
#include <utility>
#include <vector>

namespace palimpsest {

class image_builder;

/// The contents from which an instance starts: state, tables and memories, in a sealed memory file.
/// Slots map it copy-on-write, so that they share its pages until they write. It never changes, so
/// many threads may use it; copying it copies a reference. It holds one file descriptor.
class image {
  public:
    /// Makes images of several entities: `image::builder{}.state(...).memory(0, ...).build()`.
    using builder = image_builder;

    /// An image whose memory 0 holds a copy of `bytes`. Throws std::system_error, as all factories
    /// do, if the kernel refuses the file or the memory.
    static image from_bytes(std::span<const std::byte> bytes);

    /// An image whose memory 0 is `memory_bytes` long and holds the segments; where they overlap,
    /// the later one wins. Throws std::invalid_argument, which names the segment, if a segment ends
    /// past the end of the memory.
    static image from_segments(std::span<const segment> segments, std::size_t memory_bytes);

    /// An image whose memory 0 is `memory_bytes` long and holds zeros.
    static image zeroed(std::size_t memory_bytes);

    /// An image of everything that `slot` holds now: state, tables and memories at their present
    /// size. Addresses in the contents are not adjusted: an engine whose state points into its own
    /// slot must rebase it after acquire. Nothing may write to the slot meanwhile. Throws
    /// std::bad_alloc, or std::system_error if the kernel refuses or a page cannot be read (a guard
    /// of MADV_GUARD_INSTALL; the error says where). The slot is never changed.
    template <class Slot>
    static image capture(const Slot& slot);

    const entity_contents& state() const noexcept { return data_->state; }
    std::span<const entity_contents> tables() const noexcept { return data_->tables; }
    std::span<const entity_contents> memories() const noexcept { return data_->memories; }
    /// An upper bound on the bytes that the memory file takes: all pages that are not zero, and the
    /// runs of zeros between them for which one more mapping would cost more than it saves. Such
    /// runs are short (16 pages) or, in an entity of many runs, together no larger than its
    /// contents or 1 MiB. The file gets pages for them when a slot first accesses them, once for
    /// all slots.
    std::size_t stored_bytes() const noexcept { return data_->view.range().size(); }
    /// An upper bound on the mappings that a slot needs for this image, including its guards. Each
    /// extent takes two: one for itself, and one for the range after it. A memory that the image
    /// does not have takes two more once it is grown. A process may have 65,530 mappings by default
    /// (vm.max_map_count).
    std::size_t mappings() const noexcept { return data_->mappings; }
    /// A number that no other image of the process has, and never 0. Copies share it.
    std::uint64_t id() const noexcept { return data_->id; }
    /// The descriptor of the sealed file, for mapping an extent of it. The image still owns it.
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

}  // namespace palimpsest

#include <palimpsest/pool/image_builder.hpp>  // makes images, and defines the functions above
