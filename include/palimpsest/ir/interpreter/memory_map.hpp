// SPDX-License-Identifier: Apache-2.0
// The memory that a program may access: registered ranges of the process.
#pragma once
#include <palimpsest/detail/dependent.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

namespace palimpsest::ir {

/// The memory that a program may access, as ranges that do not overlap. An access must lie in one
/// of them. Looking up takes time logarithmic in the ranges, and constant time for the range of the
/// last look-up. Only one thread at a time may use it, even for look-ups.
template <class Tag = void>
class basic_memory_map {
  public:
    /// Registers memory under its own address. It must live until remove(). Throws
    /// std::invalid_argument if part of it is already registered.
    void add(std::span<std::byte> memory, bool writable = true) {
        add_at(reinterpret_cast<std::uintptr_t>(memory.data()), memory, writable);
    }
    /// The same, under an address of the caller's choice.
    void add_at(std::uint64_t begin, std::span<std::byte> memory, bool writable = true) {
        if (memory.empty()) return;
        const range added{begin, begin + memory.size(), memory.data(), writable};
        const auto place = std::upper_bound(
            ranges_.begin(), ranges_.end(), begin,
            [](std::uint64_t address, const range& one) { return address < one.end; });
        if (place != ranges_.end() && place->begin < added.end)
            throw std::invalid_argument(
                "palimpsest: memory_map: a part of the memory is registered already");
        ranges_.insert(place, added);
        last_ = 0;
    }
    /// The same, for memory that the program may read but not write.
    void add_read_only(std::span<const std::byte> memory) {
        add({const_cast<std::byte*>(memory.data()), memory.size()}, false);
    }
    /// Removes the ranges that begin with this memory, whatever their addresses.
    void remove(std::span<const std::byte> memory) noexcept {
        std::erase_if(ranges_, [&](const range& one) { return one.bytes == memory.data(); });
        last_ = 0;
    }

    /// The `size` bytes at an address; null unless all of them may be accessed.
    std::byte* find(std::uint64_t address, std::size_t size, bool to_write) const noexcept {
        if (last_ < ranges_.size() && ranges_[last_].holds(address, size, to_write)) [[likely]]
            return ranges_[last_].at(address);
        const auto place = std::upper_bound(
            ranges_.begin(), ranges_.end(), address,
            [](std::uint64_t wanted, const range& one) { return wanted < one.end; });
        if (place == ranges_.end() || !place->holds(address, size, to_write)) return nullptr;
        last_ = static_cast<std::size_t>(place - ranges_.begin());
        return place->at(address);
    }

  private:
    struct range {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        std::byte* bytes = nullptr;
        bool writable = false;

        std::byte* at(std::uint64_t address) const noexcept { return bytes + (address - begin); }
        bool holds(std::uint64_t address, std::size_t size, bool to_write) const noexcept {
            return address >= begin && address < end && size <= end - address &&
                   (writable || !to_write);
        }
    };

    palimpsest::detail::dependent<std::vector<range>, Tag> ranges_;  // by address
    mutable std::size_t last_ = 0;
};
using memory_map = basic_memory_map<>;

}  // namespace palimpsest::ir
