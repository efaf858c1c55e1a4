// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/detail/scoped_table.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <vector>

namespace {

/// Few hashes, so that many keys share one.
struct number {
    unsigned is = 0;
    std::uint64_t hash() const noexcept { return is % 5; }
    friend bool operator==(number, number) = default;
};

}  // namespace

TEST_CASE("an empty table finds nothing") {
    const palimpsest::detail::scoped_table<number, int> table;
    CHECK(table.find({3}) == nullptr);
}

TEST_CASE("a table finds what was added and not yet forgotten, whatever the hashes") {
    std::mt19937_64 random(Catch::rngSeed());
    const auto pick = [&](std::size_t most) {
        return std::uniform_int_distribution<std::size_t>(0, most)(random);
    };
    palimpsest::detail::scoped_table<number, std::size_t> table;
    std::vector<unsigned> added;
    for (int round = 0; round < 3000; ++round) {
        if (pick(9) == 0) {
            added.resize(pick(added.size()));
            table.shrink(added.size());
        } else {
            const number one{static_cast<unsigned>(pick(200))};
            if (table.find(one) == nullptr) {
                table.add(one, added.size());
                added.push_back(one.is);
            }
        }
        REQUIRE(table.size() == added.size());
        const number asked{static_cast<unsigned>(pick(200))};
        const auto place = std::find(added.begin(), added.end(), asked.is);
        const auto* const found = table.find(asked);
        REQUIRE((found != nullptr) == (place != added.end()));
        if (found != nullptr) REQUIRE(added[*found] == asked.is);
    }
}
