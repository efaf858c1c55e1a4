// SPDX-License-Identifier: Apache-2.0
// The file of an image: which pages are stored and mapped together, how they are written, and where
// the host reads them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/memory_file.hpp>
#include <palimpsest/os/shortage.hpp>
#include <palimpsest/pool/contents.hpp>
#include <palimpsest/pool/detail/segment_pages.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace palimpsest::detail {

/// The most zero pages between two runs that are mapped along with the runs, since each extent
/// costs the slot a mapping of its own. Reading such a page allocates it in the file, once for all
/// slots.
inline constexpr std::size_t extent_gap_pages = 16;

/// The number of extents of an entity that is harmless: 1,000 slots with 16 extents each stay below
/// the 65,530 mappings that Linux allows a process (vm.max_map_count). In an entity with more
/// extents the smallest gaps are closed, as long as together they are no larger than its contents,
/// or 1 MiB.
inline constexpr std::size_t few_extents = 16;
inline constexpr std::size_t small_gaps = std::size_t{1} << 20U;

/// The size of an entity once all gaps below a limit are closed.
struct closed_gaps {
    std::size_t extents = 0;
    std::size_t held = 0;    // bytes of the runs
    std::size_t closed = 0;  // bytes of the gaps that need not be closed
};
inline closed_gaps close_gaps(const std::vector<os::address_range>& runs, std::size_t limit) {
    closed_gaps made;
    auto last_end = std::uintptr_t{0};
    for (const auto& run : runs) {
        const auto gap = run.begin - last_end;
        if (made.extents == 0 || gap >= limit)
            ++made.extents;
        else if (gap >= extent_gap_pages * os::page_size)
            made.closed += gap;
        made.held += run.size();
        last_end = run.end;
    }
    return made;
}

/// The size, in bytes, below which gaps are worth closing.
inline std::size_t gap_limit_of(const std::vector<os::address_range>& runs) {
    auto limit = extent_gap_pages * os::page_size;
    while (close_gaps(runs, limit).extents > few_extents) {
        const auto next = close_gaps(runs, 2 * limit);
        if (next.closed > (next.held > small_gaps ? next.held : small_gaps)) break;
        limit *= 2;
    }
    return limit;
}

/// Merges runs whose gap is not worth an extent of its own.
inline std::vector<os::address_range> join_into_extents(
    const std::vector<os::address_range>& runs) {
    const auto limit = gap_limit_of(runs);
    std::vector<os::address_range> extents;
    for (const auto& run : runs) {
        if (!extents.empty() && run.begin - extents.back().end < limit)
            extents.back().end = run.end;
        else
            extents.push_back(run);
    }
    return extents;
}

/// The file of an image while it is being written.
class image_file {
  public:
    image_file() {
        const auto made = kernel_(os::create_memory_file{}, "palimpsest-image");
        if (!made)
            os::throw_failed("memfd_create", "\"palimpsest-image\"", made.error,
                             os::advice_on_shortage(made.error) +
                                 "; an image takes one file descriptor as long as somebody holds "
                                 "it or a slot is warm for it");
        file_ = os::descriptor(made.value);
    }

    /// Writes the runs of an entity so that each extent is one piece of the file.
    std::vector<image_extent> append(const segment_pages& pages,
                                     const std::vector<os::address_range>& runs) {
        std::vector<image_extent> extents;
        if (runs.empty()) return extents;
        for (const auto& extent : join_into_extents(runs)) {
            extents.push_back({extent.begin, extent.size(), size_});
            size_ += extent.size();
        }
        auto run = runs.begin();
        auto extent = extents.begin();
        pages.for_each([&](std::size_t offset, std::span<const std::byte> bytes) {
            while (run != runs.end() && run->begin < offset + bytes.size()) {
                const auto part = os::intersection(*run, {offset, offset + bytes.size()});
                while (part.begin >= extent->offset + extent->size) ++extent;
                write(bytes.subspan(part.begin - offset, part.size()),
                      extent->file_offset + (part.begin - extent->offset));
                if (run->end > part.end) break;  // the rest comes with the next pages
                ++run;
            }
        });
        free_gaps(runs, extents);
        return extents;
    }

    os::mapping seal() {
        if (const auto resized = kernel_(os::resize_file{}, file_.get(), size_); !resized)
            os::throw_failed("ftruncate", std::to_string(size_), resized.error);
        if (const auto sealed = kernel_(os::seal_file{}, file_.get()); !sealed)
            os::throw_failed("fcntl", "F_ADD_SEALS", sealed.error);
        if (size_ == 0) return {};
        const auto mapped = kernel_(os::map_readable{}, file_.get(), size_);
        if (!mapped)
            os::throw_failed("mmap", std::to_string(size_) + " bytes of an image", mapped.error,
                             os::advice_on_shortage(mapped.error));
        os::mapping view(mapped.value);
        // If shared memory may use huge pages, touching one page would take 2 MiB.
        if (const auto refused = kernel_(os::refuse_merging{}, mapped.value); !refused)
            os::throw_failed("madvise", "MADV_NOHUGEPAGE, MADV_UNMERGEABLE", refused.error);
        return view;
    }

    os::descriptor release() noexcept { return std::move(file_); }

  private:
    void write(std::span<const std::byte> bytes, std::size_t at) {
        if (const auto written = kernel_(os::write_file{}, file_.get(), bytes, at); !written)
            os::throw_failed("pwrite", std::to_string(bytes.size()) + " bytes of an image",
                             written.error, "is there memory for the image?");
        written_ += bytes.size();
    }

    /// Gives the memory of the gaps back. If shared memory uses huge pages
    /// (transparent_hugepage/shmem_enabled), writing a page has allocated its neighbours as well.
    /// Memory that cannot be given back stays.
    void free_gaps(const std::vector<os::address_range>& runs,
                   const std::vector<image_extent>& extents) const noexcept {
        const auto taken = kernel_(os::bytes_taken{}, file_.get());
        if (taken && taken.value <= written_) return;
        auto run = runs.begin();
        for (const auto& extent : extents) {
            auto at = extent.offset;
            for (; run != runs.end() && run->begin < extent.offset + extent.size; ++run) {
                if (run->begin > at)
                    (void)kernel_(os::punch_hole{}, file_.get(),
                                  extent.file_offset + (at - extent.offset), run->begin - at);
                at = run->end;
            }
        }
    }

    [[no_unique_address]] os::direct_system kernel_;
    os::descriptor file_;
    std::size_t size_ = 0;
    std::size_t written_ = 0;
};

/// Reads a byte of each page, so that no restore takes a page fault on the host's side.
inline void touch_pages(const std::byte* begin, std::size_t bytes) noexcept {
    for (std::size_t offset = 0; offset < bytes; offset += os::page_size) {
        const volatile std::byte* const at = begin + offset;
        (void)*at;
    }
}

/// The runs with the addresses where the host reads them, once the file is mapped at `view`.
inline std::vector<image_run> readable_runs(const std::vector<os::address_range>& runs,
                                            const std::vector<image_extent>& extents,
                                            const std::byte* view) {
    std::vector<image_run> readable;
    auto extent = extents.begin();
    for (const auto& run : runs) {
        const auto offset = run.begin;
        while (offset >= extent->offset + extent->size) ++extent;
        const auto* const source = view + extent->file_offset + (offset - extent->offset);
        touch_pages(source, run.size());
        readable.push_back({offset, offset + run.size(), source});
    }
    return readable;
}

/// An upper bound on the mappings of a slot with these entities. The state and the tables form one
/// piece between two guards, and each memory forms one piece followed by a guard. An extent within
/// a piece splits it in three.
inline std::size_t mappings_for(const entity_contents& state,
                                std::span<const entity_contents> tables,
                                std::span<const entity_contents> memories) noexcept {
    auto mappings = 3 + 2 * state.extents().size();
    for (const auto& table : tables) mappings += 2 * table.extents().size();
    for (const auto& memory : memories) mappings += 2 + 2 * memory.extents().size();
    return mappings;
}

inline std::uint64_t next_image_id() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace palimpsest::detail
