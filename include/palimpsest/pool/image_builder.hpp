// SPDX-License-Identifier: Apache-2.0
// Makes an image: it finds the pages of each entity that are not zero, writes them to the file, and
// seals the file. The memory that it takes depends on the contents of the image, not on its size.
#pragma once

#include <cstddef>
#include <memory>
#include <palimpsest/detail/concatenate.hpp>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/pool/contents.hpp>
#include <palimpsest/pool/detail/image_file.hpp>
#include <palimpsest/pool/detail/segment_pages.hpp>
#include <palimpsest/pool/image.hpp>
#include <palimpsest/pool/segment.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace palimpsest {

/// Collects the contents of an image, entity by entity, and then makes the image. build() reads the
/// given bytes, which must live until then. A second call for an entity replaces the first. Only
/// one thread at a time may use a builder.
class image_builder {
  public:
    /// Makes `bytes` the state. Throws std::invalid_argument, as do the functions below, if an
    /// entity is larger than 128 TiB, a segment ends past the end of its entity, or an index is
    /// 65,536 or more.
    image_builder& state(std::span<const std::byte> bytes) {
        const segment whole{0, bytes};
        return state({&whole, 1}, bytes.size());
    }
    /// Makes the state `bytes` long. It holds the segments, and zeros elsewhere.
    image_builder& state(std::span<const segment> segments, std::size_t bytes) {
        state_ = plan("state", segments, bytes);
        return *this;
    }
    /// Makes `bytes` the contents of table `index`, counted from 0.
    image_builder& table(std::size_t index, std::span<const std::byte> bytes) {
        const segment whole{0, bytes};
        return table(index, {&whole, 1}, bytes.size());
    }
    /// Makes table `index` `bytes` long. It holds the segments, and zeros elsewhere.
    image_builder& table(std::size_t index, std::span<const segment> segments, std::size_t bytes) {
        at(tables_, "table", index) = plan("table " + std::to_string(index), segments, bytes);
        return *this;
    }
    /// Makes memory `index`, counted from 0, `bytes` long at the start of an instance. It holds the
    /// segments, and zeros elsewhere.
    image_builder& memory(std::size_t index, std::span<const segment> segments, std::size_t bytes) {
        at(memories_, "memory", index) = plan("memory " + std::to_string(index), segments, bytes);
        return *this;
    }
    /// Makes the image. Throws std::bad_alloc, or std::system_error, which says what to change, if
    /// the kernel refuses the file or the memory.
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

inline image_builder::entity_plan image_builder::plan(const std::string& entity,
                                                      std::span<const segment> segments,
                                                      std::size_t bytes) {
    if (bytes > most_bytes)
        throw std::invalid_argument(palimpsest::detail::concatenate(
            {"palimpsest: image: ", entity, " of ", bytes,
             " bytes is larger than 128 TiB, the address space of a process; give fewer bytes"}));
    for (std::size_t index = 0; index < segments.size(); ++index) {
        const auto& [offset, piece] = segments[index];
        if (offset <= bytes && piece.size() <= bytes - offset) continue;
        throw std::invalid_argument(palimpsest::detail::concatenate(
            {"palimpsest: image: segment ", index, " of ", entity, " (", piece.size(),
             " bytes at offset ", offset, ") ends behind the ", bytes, " bytes of the ", entity,
             "; give more bytes, or a shorter segment"}));
    }
    return {bytes, {segments.begin(), segments.end()}};
}

inline image image_builder::build() const {
    /// The runs and the extents of one entity in the file.
    struct stored_entity {
        std::vector<os::address_range> runs;
        std::vector<image_extent> extents;
    };
    std::vector<const entity_plan*> plans{&state_};
    for (const auto& table : tables_) plans.push_back(&table);
    for (const auto& memory : memories_) plans.push_back(&memory);

    detail::image_file file;
    std::vector<stored_entity> stored;
    for (const auto* plan : plans) {
        const detail::segment_pages pages(plan->segments);
        auto runs = pages.runs();
        auto extents = file.append(pages, runs);
        stored.push_back({std::move(runs), std::move(extents)});
    }

    auto made = std::make_shared<image::contents>();
    made->id = detail::next_image_id();
    made->view = file.seal();
    made->file = file.release();
    for (std::size_t index = 0; index < plans.size(); ++index) {
        auto& [runs, extents] = stored[index];
        auto readable = detail::readable_runs(runs, extents, made->view.range().data());
        entity_contents contents(plans[index]->size, std::move(extents), std::move(readable));
        if (index == 0)
            made->state = std::move(contents);
        else
            (index <= tables_.size() ? made->tables : made->memories)
                .push_back(std::move(contents));
    }
    made->mappings = detail::mappings_for(made->state, made->tables, made->memories);
    return image(std::move(made));
}

inline image image::from_bytes(std::span<const std::byte> bytes) {
    const segment whole{0, bytes};
    return from_segments({&whole, 1}, bytes.size());
}

inline image image::from_segments(std::span<const segment> segments, std::size_t memory_bytes) {
    return image_builder{}.memory(0, segments, memory_bytes).build();
}

inline image image::zeroed(std::size_t memory_bytes) { return from_segments({}, memory_bytes); }

/// Defined here, because it needs the builder.
template <class Slot>
image image::capture(const Slot& slot) {
    image_builder builder;
    slot.describe_contents(builder);
    return builder.build();
}

}  // namespace palimpsest
