// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool/dirty/detail/entered_slot.hpp>

#include <catch2/catch.hpp>
#include <optional>
#include <thread>

using palimpsest::dirty::detail::entered_slot;

namespace {

constexpr int some_slots[3] = {};
bool is_entered(int slot) { return entered_slot::is_entered(&some_slots[slot]); }

}  // namespace

TEST_CASE("a slot is entered while one of its entries lives") {
    CHECK_FALSE(is_entered(0));
    {
        const entered_slot outer(&some_slots[0]);
        CHECK(is_entered(0));
        CHECK_FALSE(is_entered(1));
        {
            const entered_slot other(&some_slots[1]);
            const entered_slot again(&some_slots[0]);
            CHECK(is_entered(0));
            CHECK(is_entered(1));
        }
        CHECK(is_entered(0));
        CHECK_FALSE(is_entered(1));
    }
    CHECK_FALSE(is_entered(0));
}

TEST_CASE("entries may end in any order") {
    const int first = GENERATE(0, 1, 2);
    const int second = (first + GENERATE(1, 2)) % 3;
    std::optional<entered_slot> entries[3];
    for (int slot = 0; slot < 3; ++slot) entries[slot].emplace(&some_slots[slot]);
    for (const int ends : {first, second, 3 - first - second}) {
        CHECK(is_entered(ends));
        entries[ends].reset();
        for (int slot = 0; slot < 3; ++slot) CHECK(is_entered(slot) == entries[slot].has_value());
    }
}

TEST_CASE("a slot that one thread has entered is not entered by another") {
    const entered_slot mine(&some_slots[0]);
    bool there = true;
    std::thread([&] { there = is_entered(0); }).join();
    CHECK_FALSE(there);
    CHECK(is_entered(0));
}
