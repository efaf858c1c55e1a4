// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <cstdint>
#include <palimpsest/detail/keyed_hash.hpp>
#include <set>
#include <string>

using palimpsest::detail::keyed_hash;

TEST_CASE("names that differ in a byte, or in length, have hashes of their own") {
    std::set<std::uint64_t> hashes;
    std::string name(20, '\0');
    for (std::size_t length = 0; length <= name.size(); ++length)
        hashes.insert(keyed_hash({name.data(), length}));
    CHECK(hashes.size() == 21);
    for (auto& byte : name) {
        byte = 1;
        hashes.insert(keyed_hash(name));
    }
    CHECK(hashes.size() == 41);
    CHECK(keyed_hash(name) == keyed_hash(std::string(name)));
}

TEST_CASE("the low bits of hashes are spread") {
    std::set<std::uint64_t> low;
    for (int number = 0; number < 4096; ++number)
        low.insert(keyed_hash("name" + std::to_string(number)) % 4096);
    CHECK(low.size() > 2400);  // of random ones about 2589
}
