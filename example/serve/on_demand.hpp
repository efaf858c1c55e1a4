// SPDX-License-Identifier: Apache-2.0
// No pool: each request maps its slot, and unmaps it afterwards. This is what an embedder does
// without a pool, and what the pool is compared with.
//
//   |state|table 0|table 1|...| guard |memory 0 ... maximum| guard |
//
// One reservation holds everything, for one slot with one memory. It costs an mmap for the
// reservation, two mprotect calls to make state, tables and memory accessible, an mmap for each
// piece of the image, a page fault for each page that is touched, and an munmap that tears it all
// down.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/pool/image.hpp>
#include <palimpsest/pool/limits.hpp>
#include <palimpsest/pool/location.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace serve {

namespace ps = palimpsest;

class on_demand {
    /// Which slots exist, and where, for `locate`. Found by index; 0 is free.
    struct reservation {
        std::atomic<bool> taken = false;
        std::atomic<std::uintptr_t> begin = 0;
    };

  public:
    static constexpr std::string_view name = "on_demand";

    using image = ps::image;

    /// A range of the slot that is accessible throughout.
    class area {
      public:
        explicit area(ps::os::address_range range) noexcept : range_(range) {}
        std::span<std::byte> bytes() const noexcept { return {range_.data(), range_.size()}; }

      private:
        ps::os::address_range range_;
    };

    /// Accessible up to its current size.
    class memory_area {
      public:
        memory_area(std::byte* data, std::size_t& size, std::size_t maximum) noexcept
            : data_(data), size_(&size), maximum_(maximum) {}

        std::byte* data() const noexcept { return data_; }
        std::size_t size() const noexcept { return *size_; }
        std::size_t maximum() const noexcept { return maximum_; }
        std::span<std::byte> bytes() const noexcept { return {data_, *size_}; }

        std::optional<std::size_t> grow(std::size_t bytes) const noexcept {
            const auto before = *size_;
            if (bytes > maximum_ - before) return std::nullopt;
            const auto begin = reinterpret_cast<std::uintptr_t>(data_) + before;
            if (bytes != 0 && !ps::os::make_accessible{}({begin, begin + bytes})) {
                return std::nullopt;
            }
            *size_ = before + bytes;
            return before;
        }

      private:
        std::byte* data_;
        std::size_t* size_;
        std::size_t maximum_;
    };

    class slot {
      public:
        slot(slot&& other) noexcept
            : owner_(other.owner_),
              index_(other.index_),
              range_(std::move(other.range_)),
              memory_size_(other.memory_size_) {}
        slot& operator=(slot&&) = delete;
        ~slot() {
            if (!range_.range().empty()) owner_->forget(index_);
        }

        std::size_t index() const noexcept { return index_; }
        area state() const noexcept { return area(owner_->state_of(begin())); }
        area table(std::size_t number) const noexcept {
            return area(owner_->table_of(begin(), number));
        }
        memory_area memory(std::size_t) noexcept {
            return {owner_->memory_of(begin()).data(), memory_size_,
                    owner_->limits_.memory.maximum};
        }

        /// What ps::image::capture requires of a slot.
        void describe_contents(ps::image_builder& builder) const {
            builder.state(state().bytes());
            for (std::size_t number = 0; number < owner_->limits_.tables; ++number) {
                builder.table(number, table(number).bytes());
            }
            const ps::segment whole{0, {owner_->memory_of(begin()).data(), memory_size_}};
            builder.memory(0, {&whole, 1}, memory_size_);
        }

      private:
        friend class on_demand;

        slot(on_demand& owner, std::size_t index, ps::os::address_range range,
             std::size_t memory_size) noexcept
            : owner_(&owner), index_(index), range_(range), memory_size_(memory_size) {}

        std::uintptr_t begin() const noexcept { return range_.range().begin; }

        on_demand* owner_;
        std::size_t index_;
        ps::os::mapping range_;
        std::size_t memory_size_;
    };

    /// Throws std::invalid_argument if asked for more than one memory per slot.
    explicit on_demand(const ps::pool_limits& limits)
        : limits_(limits),
          reservations_(std::make_unique<reservation[]>(limits.slots)),  // NOLINT: atomics
          state_bytes_(ps::os::round_up_to_page(limits.state)),
          table_bytes_(
              ps::os::round_up_to_page(limits.table_elements * limits.table_element_bytes)) {
        if (limits.memories != 1) {
            throw std::invalid_argument("on_demand maps one memory a slot, not " +
                                        std::to_string(limits.memories));
        }
    }

    std::optional<slot> acquire(const image& contents);

    std::optional<ps::location> locate(const void* address) const noexcept;

  private:
    ps::os::address_range state_of(std::uintptr_t begin) const noexcept {
        return {begin, begin + state_bytes_};
    }
    ps::os::address_range table_of(std::uintptr_t begin, std::size_t number) const noexcept {
        const auto at = begin + state_bytes_ + number * table_bytes_;
        return {at, at + table_bytes_};
    }
    ps::os::address_range memory_of(std::uintptr_t begin) const noexcept {
        const auto at = table_of(begin, limits_.tables).begin + limits_.memory.guard_before;
        return {at, at + limits_.memory.maximum};
    }
    std::size_t slot_bytes() const noexcept { return memory_of(0).end + limits_.memory.guard; }

    std::optional<std::size_t> take_index() noexcept {
        for (std::size_t index = 0; index < limits_.slots; ++index) {
            if (!reservations_[index].taken.exchange(true)) return index;
        }
        return std::nullopt;
    }
    void forget(std::size_t index) noexcept {
        reservations_[index].begin = 0;
        reservations_[index].taken = false;
    }

    static void open(ps::os::address_range range);
    static void map(std::uintptr_t begin, int file, const ps::entity_contents& contents);
    void map(std::uintptr_t begin, const image& contents) const;

    ps::pool_limits limits_;
    std::unique_ptr<reservation[]> reservations_;  // NOLINT: atomics do not move
    std::size_t state_bytes_;
    std::size_t table_bytes_;
};

/// Empty if as many slots exist as the limits allow. Throws std::system_error if the kernel has no
/// address space left, and std::invalid_argument if the image does not fit.
inline std::optional<on_demand::slot> on_demand::acquire(const image& contents) {
    const auto memory_size = contents.memories().empty() ? 0 : contents.memories()[0].size();
    if (memory_size > limits_.memory.maximum) {
        throw std::invalid_argument("the image's memory is larger than the slot's");
    }
    const auto index = take_index();
    if (!index) return std::nullopt;
    const auto reserved = ps::os::reserve{}(slot_bytes());
    if (!reserved) {
        forget(*index);
        ps::os::throw_failed("mmap", std::to_string(slot_bytes()), reserved.error,
                             "ask for fewer threads");
    }
    reservations_[*index].begin = reserved.value.begin;
    slot made(*this, *index, reserved.value, memory_size);
    map(reserved.value.begin, contents);
    return made;
}

/// Makes the range accessible; it holds zeros.
inline void on_demand::open(ps::os::address_range range) {
    if (range.empty()) return;
    if (const auto status = ps::os::make_accessible{}(range); !status) {
        ps::os::throw_failed("mprotect", std::to_string(range.size()), status.error,
                             "ask for fewer threads");
    }
}

/// Maps the image's contents of an entity that begins there.
inline void on_demand::map(std::uintptr_t begin, int file, const ps::entity_contents& contents) {
    for (const auto& extent : contents.extents()) {
        const auto at = begin + extent.offset;
        const auto status =
            ps::os::map_copy_on_write{}({at, at + extent.size}, file, extent.file_offset);
        if (!status) {
            ps::os::throw_failed("mmap", std::to_string(extent.size), status.error,
                                 "ask for fewer threads");
        }
    }
}

inline void on_demand::map(std::uintptr_t begin, const image& contents) const {
    open({begin, table_of(begin, limits_.tables).begin});
    map(begin, contents.file(), contents.state());
    for (std::size_t number = 0; number < contents.tables().size(); ++number) {
        map(table_of(begin, number).begin, contents.file(), contents.tables()[number]);
    }
    if (contents.memories().empty()) return;
    const auto& memory = contents.memories()[0];
    const auto at = memory_of(begin).begin;
    open({at, at + ps::os::round_up_to_page(memory.size())});
    map(at, contents.file(), memory);
}

/// Async-signal-safe.
inline std::optional<ps::location> on_demand::locate(const void* address) const noexcept {
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    for (std::size_t index = 0; index < limits_.slots; ++index) {
        const auto begin = reservations_[index].begin.load();
        if (begin == 0 || at < begin || at >= begin + slot_bytes()) continue;
        using kind = ps::entity_kind;
        const auto memory = memory_of(begin);
        if (state_of(begin).contains(at)) return ps::location{index, kind::state, 0, at - begin};
        if (at < table_of(begin, limits_.tables).begin) {
            const auto offset = at - table_of(begin, 0).begin;
            return ps::location{index, kind::table, offset / table_bytes_, offset % table_bytes_};
        }
        if (memory.contains(at)) return ps::location{index, kind::memory, 0, at - memory.begin};
        const bool before = at < memory.begin;
        return ps::location{index, kind::guard, 0, before ? memory.begin - at : at - memory.begin,
                            before};
    }
    return std::nullopt;
}

}  // namespace serve
