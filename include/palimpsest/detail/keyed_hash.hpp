// SPDX-License-Identifier: Apache-2.0
// A hash of names that whoever chooses the names cannot predict, so that nobody makes a table slow
// by names of one hash.
#pragma once

#include <sys/auxv.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace palimpsest::detail {

/// SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012) with a key of this
/// process: the random bytes that the kernel gives each program (AT_RANDOM, getauxval(3)).
[[gnu::noinline]] inline std::uint64_t keyed_hash(std::string_view text) noexcept {
    std::array<std::uint64_t, 2> key{};
    if (const auto random = getauxval(AT_RANDOM); random != 0)
        std::memcpy(key.data(), reinterpret_cast<const void*>(random), sizeof key);
    std::uint64_t a = key[0] ^ 0x736f6d6570736575;
    std::uint64_t b = key[1] ^ 0x646f72616e646f6d;
    std::uint64_t c = key[0] ^ 0x6c7967656e657261;
    std::uint64_t d = key[1] ^ 0x7465646279746573;
    const auto round = [&] {
        a += b;
        c += d;
        b = std::rotl(b, 13) ^ a;
        d = std::rotl(d, 16) ^ c;
        a = std::rotl(a, 32) + d;
        c += b;
        d = std::rotl(d, 21) ^ a;
        b = std::rotl(b, 17) ^ c;
        c = std::rotl(c, 32);
    };
    const std::size_t size = text.size();
    for (std::size_t begin = 0; begin <= size; begin += 8) {
        const auto left = size - begin;
        std::uint64_t word = left < 8 ? std::uint64_t{size} << 56U : 0;
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text.data() + begin, left < 8 ? left : 8);
        word |= bytes;
        d ^= word;
        round();
        a ^= word;
    }
    c ^= 0xff;
    for (int last = 0; last < 3; ++last) round();
    return a ^ b ^ c ^ d;
}

}  // namespace palimpsest::detail
