// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool/detail/segment_pages.hpp>

#include <catch2/catch.hpp>

#include <random>

#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;

namespace {

/// What the segments hold together, laid out as a whole.
std::vector<std::byte> laid_out(std::span<const ps::segment> segments, std::size_t size) {
    std::vector<std::byte> whole(size);
    for (const auto& [offset, bytes] : segments)
        std::copy(bytes.begin(), bytes.end(), whole.begin() + static_cast<long>(offset));
    return whole;
}

/// Segments of an entity of 20 pages, in any order and overlapping; some cover whole pages, some
/// hold zeros.
std::vector<ps::segment> random_segments(std::mt19937& random, std::span<const std::byte> bytes) {
    std::vector<ps::segment> segments(random() % 12);
    for (auto& [offset, piece] : segments) {
        auto size = random() % (random() % 2 == 0 ? 50 : test::pages(6));
        offset = random() % test::pages(20);
        if (random() % 3 == 0) {
            offset = ps::os::round_down_to_page(offset);
            size = ps::os::round_up_to_page(size);
        }
        size = std::min(size, test::pages(20) - offset);
        piece = bytes.subspan(random() % (bytes.size() - size), size);
    }
    return segments;
}

}  // namespace

TEST_CASE("segments over each other are what they hold when each is written over those before it") {
    std::mt19937 random(1'912);
    auto bytes = test::pattern(test::pages(24));
    std::fill_n(&bytes[test::pages(8)], test::pages(8), std::byte{0});
    for (int round = 0; round < 3'000; ++round) {
        const auto segments = random_segments(random, bytes);
        const auto whole = laid_out(segments, test::pages(20));
        const ps::detail::segment_pages pages(segments);

        std::vector<std::byte> seen(test::pages(20));
        std::size_t end = 0;
        pages.for_each([&](std::size_t offset, std::span<const std::byte> of) {
            REQUIRE(offset >= end);
            REQUIRE(!of.empty());
            REQUIRE(offset % ps::os::page_size == 0);
            REQUIRE(of.size() % ps::os::page_size == 0);
            std::copy(of.begin(), of.end(), seen.begin() + static_cast<long>(offset));
            end = offset + of.size();
        });
        REQUIRE(seen == whole);

        std::vector<bool> in_run(20);
        std::size_t last_end = 0;
        for (const auto& run : pages.runs()) {
            REQUIRE((last_end == 0 || run.begin > last_end));  // else they would be one run
            last_end = run.end;
            for (auto at = run.begin; at < run.end; at += ps::os::page_size)
                in_run[at / ps::os::page_size] = true;
        }
        for (std::size_t page = 0; page < 20; ++page) {
            const auto held = std::span(whole).subspan(test::pages(page), ps::os::page_size);
            REQUIRE(in_run[page] == !test::is_zero(held));
        }
    }
}

TEST_CASE("pages that lie in one piece are visited together, and not copied") {
    const auto bytes = test::pattern(test::pages(5));
    const ps::segment whole{test::pages(2), bytes};
    std::size_t visits = 0;
    ps::detail::segment_pages({&whole, 1})
        .for_each([&](std::size_t offset, std::span<const std::byte> of) {
            ++visits;
            CHECK(offset == test::pages(2));
            CHECK(of.data() == bytes.data());
            CHECK(of.size() == bytes.size());
        });
    CHECK(visits == 1);
}

TEST_CASE("of many segments no more parts are made than twice as many") {
    std::mt19937 random(7);
    const auto bytes = test::pattern(test::pages(24));
    for (int round = 0; round < 300; ++round) {
        const auto segments = random_segments(random, bytes);
        CHECK(ps::detail::without_overlaps(segments).size() <= 2 * segments.size());
    }
}
