// SPDX-License-Identifier: Apache-2.0
// Doubly linked lists of slot numbers in one array. Nothing is allocated after the array is built,
// so that putting a slot into a list, or taking one out of its middle, cannot fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace palimpsest::detail {

inline constexpr std::uint32_t no_slot = ~std::uint32_t{0};

/// The ends of one list. A slot is in at most one list of a linked_slots at a time.
struct slot_list {
    std::uint32_t newest = no_slot;
    std::uint32_t oldest = no_slot;
};

/// The links of all slots. Each operation takes constant time; callers lock it.
class linked_slots {
  public:
    explicit linked_slots(std::size_t slots) : links_(slots) {}

    void push(slot_list& list, std::uint32_t slot) noexcept {
        links_[slot] = {.older = list.newest, .newer = no_slot};
        (list.newest != no_slot ? links_[list.newest].newer : list.oldest) = slot;
        list.newest = slot;
    }

    void erase(slot_list& list, std::uint32_t slot) noexcept {
        const auto [older, newer] = links_[slot];
        (newer != no_slot ? links_[newer].older : list.newest) = older;
        (older != no_slot ? links_[older].newer : list.oldest) = newer;
    }

    std::uint32_t older_than(std::uint32_t slot) const noexcept { return links_[slot].older; }

  private:
    struct link {
        std::uint32_t older = no_slot;
        std::uint32_t newer = no_slot;
    };
    std::vector<link> links_;
};

}  // namespace palimpsest::detail
