// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool/reuse/lifo.hpp>

#include <catch2/catch.hpp>

using free_list = palimpsest::reuse::lifo::free_list;

namespace {

/// As a pool asks: stage by stage.
std::optional<std::size_t> take(free_list& list, std::uint64_t image) {
    for (std::size_t stage = 0; stage < free_list::stages; ++stage)
        if (const auto taken = list.take(image, stage)) return taken;
    return std::nullopt;
}

}  // namespace

TEST_CASE("lifo: the slot that was freed last comes first, whatever image it holds") {
    free_list list(4);
    list.put(2, 7);
    list.put(0, 8);
    list.put(3, 9);
    CHECK(take(list, 7) == 3);
    CHECK(take(list, 7) == 0);
    CHECK(take(list, 7) == 2);
    CHECK_FALSE(take(list, 7));
}

TEST_CASE("lifo: a warm slot comes before a cold one") {
    free_list list(3);
    list.put(0, 7);
    list.put(1, 0);
    CHECK(take(list, 8) == 0);
    CHECK(take(list, 8) == 1);
}

TEST_CASE("lifo: the oldest warm slot can be taken out to be cooled") {
    free_list list(3);
    for (std::size_t slot = 0; slot < 3; ++slot) list.put(slot, slot == 1 ? 0 : 5);
    CHECK(list.take_oldest_warm() == 0);
    CHECK(list.take_oldest_warm() == 2);
    CHECK_FALSE(list.take_oldest_warm());
    CHECK(take(list, 5) == 1);
}
