// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool/contents.hpp>

#include <catch2/catch.hpp>

#include <random>

#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;

namespace {

/// 20 pages: runs at 2 to 4 and 10 to 11, zeros elsewhere.
struct sample {
    std::vector<std::byte> source = test::pattern(test::pages(3));
    ps::entity_contents contents{
        test::pages(20),
        {},
        {{test::pages(2), test::pages(4), source.data()},
         {test::pages(10), test::pages(11), source.data() + test::pages(2)}}};

    std::vector<std::byte> whole() const {
        std::vector<std::byte> bytes(test::pages(20));
        std::copy_n(source.begin(), test::pages(2), bytes.begin() + long(test::pages(2)));
        std::copy_n(source.begin() + long(test::pages(2)), test::pages(1),
                    bytes.begin() + long(test::pages(10)));
        return bytes;
    }
};

}  // namespace

TEST_CASE("any range of pages is written as the entity holds it, and nothing beside it") {
    const sample of;
    const auto whole = of.whole();
    for (std::size_t first = 0; first < 20; ++first)
        for (std::size_t end = first; end <= 20; ++end) {
            std::vector<std::byte> target(test::pages(20), std::byte{0xee});
            const auto begin = test::range_of(target).begin;
            ps::entity_contents::writer(of.contents)
                .write({begin + test::pages(first), begin + test::pages(end)}, test::pages(first));
            for (std::size_t page = 0; page < 20; ++page) {
                const std::span written(&target[test::pages(page)], test::pages(1));
                const std::span wanted(&whole[test::pages(page)], test::pages(1));
                const bool inside = page >= first && page < end;
                REQUIRE((inside ? test::equal(written, wanted)
                                : test::all_are(written, std::byte{0xee})));
            }
        }
}

TEST_CASE("one writer writes ranges in any order") {
    const sample of;
    std::vector<std::byte> target(test::pages(20), std::byte{0xee});
    const auto begin = test::range_of(target).begin;
    ps::entity_contents::writer writer(of.contents);
    for (const std::size_t page : {0U, 2U, 3U, 3U, 9U,  10U, 12U, 19U, 2U,  10U, 1U, 4U,
                                   5U, 6U, 7U, 8U, 11U, 13U, 14U, 15U, 16U, 17U, 18U})
        writer.write({begin + test::pages(page), begin + test::pages(page + 1)}, test::pages(page));
    CHECK(target == of.whole());
}

TEST_CASE("an entity of nothing is written as zeros") {
    std::vector<std::byte> target(test::pages(2), std::byte{0xee});
    ps::entity_contents::writer(ps::entity_contents{}).write(test::range_of(target), 0);
    CHECK(test::is_zero(target));
}

namespace {

/// An entity of `count` runs of one to three pages with gaps between some of them, and its bytes.
struct random_sample {
    std::vector<std::byte> whole;
    ps::entity_contents contents;

    random_sample(std::mt19937& random, std::size_t count) {
        const auto up_to = [&](unsigned most) { return random() % (most + 1); };
        std::vector<ps::os::address_range> runs;  // in pages
        std::size_t page = up_to(2);
        for (std::size_t run = 0; run < count; ++run) {
            runs.push_back({page, page + 1 + up_to(2)});
            page = runs.back().end + up_to(3);
        }
        whole.resize(test::pages(page + up_to(2)));
        std::vector<ps::image_run> described;
        for (const auto& [begin, end] : runs) {
            std::fill(&whole[test::pages(begin)], whole.data() + test::pages(end),
                      static_cast<std::byte>(1 + up_to(200)));
            described.push_back({test::pages(begin), test::pages(end), &whole[test::pages(begin)]});
        }
        contents = ps::entity_contents(whole.size(), {}, described);
    }
};

}  // namespace

TEST_CASE(
    "ranges in any order are written as the bytes of the entity have them, however many runs") {
    std::mt19937 random(20'250'611);
    for (int round = 0; round < 200; ++round) {
        const random_sample of(random, random() % 70);
        const auto pages = of.whole.size() / ps::os::page_size;
        if (pages == 0) continue;
        ps::entity_contents::writer writer(of.contents);
        std::size_t first = 0;
        for (int write = 0; write < 40; ++write) {
            // Neighbours, jumps forward and jumps back.
            if (random() % 3 != 0) first = random() % pages;
            const auto count = std::min<std::size_t>(random() % 6, pages - first);
            std::vector<std::byte> target(test::pages(count), std::byte{0xee});
            writer.write(test::range_of(target), test::pages(first));
            REQUIRE(test::equal(
                target, std::span(of.whole).subspan(test::pages(first), test::pages(count))));
            first = (first + count) % pages;
        }
    }
}
