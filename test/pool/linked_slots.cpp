// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool/detail/linked_slots.hpp>

#include <catch2/catch.hpp>

using palimpsest::detail::linked_slots;
using palimpsest::detail::no_slot;
using palimpsest::detail::slot_list;

namespace {

std::vector<std::uint32_t> newest_first(const linked_slots& links, const slot_list& list) {
    std::vector<std::uint32_t> slots;
    for (auto at = list.newest; at != no_slot; at = links.older_than(at)) slots.push_back(at);
    return slots;
}

}  // namespace

TEST_CASE("a list of slots runs from the newest to the oldest") {
    linked_slots links(4);
    slot_list list;
    for (const std::uint32_t slot : {2U, 0U, 3U}) links.push(list, slot);
    CHECK(newest_first(links, list) == std::vector<std::uint32_t>{3, 0, 2});
    CHECK(list.oldest == 2);
}

TEST_CASE("a slot is taken out of the start, the middle and the end of a list") {
    linked_slots links(5);
    slot_list list;
    for (std::uint32_t slot = 0; slot < 5; ++slot) links.push(list, slot);
    links.erase(list, 2);
    CHECK(newest_first(links, list) == std::vector<std::uint32_t>{4, 3, 1, 0});
    links.erase(list, 4);
    CHECK(list.newest == 3);
    links.erase(list, 0);
    CHECK(list.oldest == 1);
    links.erase(list, 3);
    links.erase(list, 1);
    CHECK(list.newest == no_slot);
    CHECK(list.oldest == no_slot);
}

TEST_CASE("several lists share their links") {
    linked_slots links(4);
    slot_list even;
    slot_list odd;
    for (std::uint32_t slot = 0; slot < 4; ++slot) links.push(slot % 2 == 0 ? even : odd, slot);
    CHECK(newest_first(links, even) == std::vector<std::uint32_t>{2, 0});
    CHECK(newest_first(links, odd) == std::vector<std::uint32_t>{3, 1});
}
