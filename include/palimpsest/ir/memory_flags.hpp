// SPDX-License-Identifier: Apache-2.0
// The flags of loads and stores, which say what they may rely on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/entity.hpp>
#include <string_view>

namespace palimpsest::ir {

/// The flags of a memory access, and the alias region that it is in. Accesses to two different
/// regions never touch the same byte, so a store to one does not change what a load from the other
/// returns; an access that names no region may touch any byte. A region is declared by the
/// function, or is one of the three with their own keyword, `heap`, `table` and `vmctx`, as in
/// older text; no declared region stands for one of those.
class memory_flags {
  public:
    /// A flag, as a bit: a promise about the access, which nothing checks, its byte order, or its
    /// region.
    enum flag : std::uint16_t {
        aligned = 1U << 0U,   // the address is a multiple of the size
        notrap = 1U << 1U,    // the caller guarantees that the address can be accessed
        readonly = 1U << 2U,  // nothing writes there while the function runs, nor any function
                              // that it is inlined into: for memory an instance never writes
        can_move = 1U << 3U,  // may be executed earlier than its place
        little = 1U << 4U,
        big = 1U << 5U,
        heap = 1U << 6U,
        table = 1U << 7U,
        vmctx = 1U << 8U,
    };
    static constexpr std::uint16_t word_regions = heap | table | vmctx;
    static constexpr std::uint16_t byte_orders = little | big;

    static constexpr std::array<std::string_view, 9> names{
        "aligned", "notrap", "readonly", "can_move", "little", "big", "heap", "table", "vmctx"};

    constexpr memory_flags() noexcept = default;
    /// `region`: one that the function declares, or none.
    constexpr explicit memory_flags(unsigned set, alias_region region = {}) noexcept
        : region_(region), set_(static_cast<std::uint16_t>(set)) {}

    constexpr bool has(flag one) const noexcept { return (set_ & one) != 0; }
    /// The declared region; none if there is none, or one with a keyword.
    constexpr alias_region region() const noexcept { return region_; }
    /// The flag of the region with a keyword; 0 if there is none.
    constexpr std::uint16_t word_region() const noexcept { return set_ & word_regions; }
    /// The same flags with another declared region, or with none.
    constexpr memory_flags in(alias_region region) const noexcept {
        return memory_flags(set_, region);
    }
    /// Whether no two flags exclude each other: at most one region, and at most one byte order.
    constexpr bool is_consistent() const noexcept {
        return has_at_most_one(word_regions) && (!region_ || word_region() == 0) &&
               has_at_most_one(byte_orders) && (set_ >> names.size()) == 0;
    }
    /// The flags, without the declared region.
    constexpr std::uint16_t raw() const noexcept { return set_; }
    constexpr bool empty() const noexcept { return set_ == 0 && !region_; }

    friend constexpr bool operator==(memory_flags, memory_flags) noexcept = default;

  private:
    constexpr bool has_at_most_one(unsigned of) const noexcept {
        const unsigned both = set_ & of;
        return (both & (both - 1)) == 0;
    }

    alias_region region_;
    std::uint16_t set_ = 0;
};

}  // namespace palimpsest::ir
