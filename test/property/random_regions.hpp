// SPDX-License-Identifier: Apache-2.0
// Which accesses of a random module are in which alias region. Regions are truthful: accesses to
// different ones never overlap in the memory of world.hpp, whichever function they are in, and
// wherever that is inlined. So the whole module agrees about each area.
//
//     heap     of both instances: whole, or in pieces of as many bytes, for accesses that are known
//              to stay in one
//     table    what nobody writes
//     state    of the vmctx, behind the pointers
//     stack    slots, and what functions are called with an address of
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/builder.hpp>

#include "random_source.hpp"
#include "world.hpp"

namespace palimpsest::test {

enum class memory_area : std::uint8_t { heap, table, state, stack };

/// Bytes of an area that an access is known to stay in.
struct known_bytes {
    std::size_t begin = 0;
    std::size_t size = 0;  // 0: it is not known where
};

class random_regions {
  public:
    explicit random_regions(random_source& random) : first_number_(random.below(1000)) {
        for (auto& one : told_) one = random.pick(std::array{by::word, by::number, by::number});
        constexpr std::array<std::size_t, 4> pieces{world_layout::heap_bytes, 64, 16, 8};
        piece_ = random.pick(pieces);
    }

    /// The flags with the region of an access; one that is not declared yet is.
    ir::memory_flags in_region(unsigned flags, memory_area area, known_bytes bytes,
                               ir::function_builder& to) const {
        const auto place = static_cast<std::size_t>(area);
        if (told_[place] == by::word) return ir::memory_flags(flags | words[place]);
        if (area != memory_area::heap || piece_ == world_layout::heap_bytes)
            return ir::memory_flags(flags, declared(place, to));
        const auto piece = bytes.begin / piece_;
        const bool inside = bytes.size != 0 && piece == (bytes.begin + bytes.size - 1) / piece_;
        if (!inside) return ir::memory_flags(flags);
        return ir::memory_flags(flags, declared(words.size() + piece, to));
    }
    /// One that a function may declare without use.
    ir::alias_region some(random_source& random, ir::function_builder& to) const {
        return declared(random.below(words.size() + world_layout::heap_bytes / piece_), to);
    }

  private:
    enum class by : std::uint8_t { word, number };

    ir::alias_region declared(std::size_t which, ir::function_builder& to) const {
        const auto number = first_number_ + which;
        return to.declare_region(static_cast<std::uint32_t>(number),
                                 number % 3 == 0 ? "" : "some; name");
    }

    /// No word goes for the stack.
    static constexpr std::array<unsigned, 4> words{ir::memory_flags::heap, ir::memory_flags::table,
                                                   ir::memory_flags::vmctx, 0};
    std::array<by, 4> told_{};
    std::size_t first_number_;
    std::size_t piece_ = 0;
};

}  // namespace palimpsest::test
