#include <palimpsest/pool/contents.hpp>

#include <catch2/catch.hpp>

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
