// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool/dirty/detail/page_set.hpp>

#include <catch2/catch.hpp>

#include <random>
#include <set>

namespace os = palimpsest::os;
using palimpsest::dirty::detail::page_set;

namespace {

constexpr std::uintptr_t origin = std::uintptr_t{1} << 40U;

os::address_range of_pages(std::size_t first, std::size_t end) {
    return {origin + first * os::page_size, origin + end * os::page_size};
}

std::vector<os::address_range> runs(const page_set& set) {
    std::vector<os::address_range> all;
    set.for_each_run([&](os::address_range run) {
        all.push_back(run);
        return true;
    });
    return all;
}

}  // namespace

TEST_CASE("a page set gives neighbouring pages as one run, also across its words") {
    page_set set(of_pages(0, 1000));
    CHECK(set.insert(of_pages(60, 70)) == 10);
    CHECK(set.insert(of_pages(70, 72)) == 2);
    CHECK(set.insert(of_pages(200, 201)) == 1);
    CHECK(set.size() == 13);
    CHECK(runs(set) == std::vector{of_pages(60, 72), of_pages(200, 201)});
}

TEST_CASE("a page that is inserted twice counts once") {
    page_set set(of_pages(0, 100));
    CHECK(set.insert(of_pages(10, 20)) == 10);
    CHECK(set.insert(of_pages(15, 25)) == 5);
    CHECK(set.size() == 15);
}

TEST_CASE("erasing pages that are not in a page set does nothing") {
    page_set set(of_pages(0, 100));
    set.erase(of_pages(0, 100));
    CHECK(set.insert(of_pages(10, 20)) == 10);
    set.erase(of_pages(30, 40));
    set.erase(of_pages(0, 12));
    CHECK(set.size() == 8);
    CHECK(runs(set) == std::vector{of_pages(12, 20)});
}

TEST_CASE("a visit of the runs ends when the visitor says so") {
    page_set set(of_pages(0, 100));
    for (const std::size_t page : {1U, 3U, 5U}) set.insert(of_pages(page, page + 1));
    int visited = 0;
    set.for_each_run([&](os::address_range) { return ++visited < 2; });
    CHECK(visited == 2);
}

TEST_CASE("a page set holds the same pages as a plain set after many random changes") {
    page_set set(of_pages(0, 300));
    std::set<std::uintptr_t> plain;
    std::minstd_rand random(1);
    for (int step = 0; step < 2000; ++step) {
        const auto first = random() % 300;
        const auto end = first + random() % (301 - first);
        const bool insert = random() % 2 == 0;
        insert ? (void)set.insert(of_pages(first, end)) : set.erase(of_pages(first, end));
        for (auto page = first; page < end; ++page) {
            const auto address = of_pages(page, page).begin;
            insert ? (void)plain.insert(address) : (void)plain.erase(address);
        }
        REQUIRE(set.size() == plain.size());
    }
    std::set<std::uintptr_t> visited;
    for (const auto& run : runs(set))
        for (auto at = run.begin; at < run.end; at += os::page_size) visited.insert(at);
    CHECK(visited == plain);
}

TEST_CASE("a page set does what a set of numbers does, over ranges of any size") {
    std::mt19937_64 random(Catch::rngSeed());
    const auto below = [&](std::size_t end) {
        return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
    };
    for (const std::size_t size : {1U, 63U, 64U, 65U, 4'096U, 4'097U, 300'000U}) {
        CAPTURE(size);
        page_set set(of_pages(0, size));
        std::set<std::size_t> reference;
        for (int step = 0; step < 400; ++step) {
            const auto first = below(size);
            const auto end = std::min(size, first + 1 + below(step % 7 == 0 ? 5'000 : 100));
            if (step % 3 != 2) {
                const auto before = reference.size();
                for (auto page = first; page < end; ++page) reference.insert(page);
                REQUIRE(set.insert(of_pages(first, end)) == reference.size() - before);
            } else {
                reference.erase(reference.lower_bound(first), reference.lower_bound(end));
                set.erase(of_pages(first, end));
            }
            REQUIRE(set.size() == reference.size());
            REQUIRE(set.contains(of_pages(first, end).begin) == reference.contains(first));
            std::set<std::size_t> seen;
            const auto from = below(size);
            set.for_each_run(of_pages(from, size), [&](os::address_range run) {
                for (auto at = run.begin; at < run.end; at += os::page_size)
                    seen.insert((at - origin) / os::page_size);
                return true;
            });
            REQUIRE(seen == std::set<std::size_t>(reference.lower_bound(from), reference.end()));
        }
    }
}

TEST_CASE("a page set of the whole address space can be made, and used at both of its ends") {
    const auto pages = (std::size_t{1} << 47U) / os::page_size;
    page_set set(os::address_range{0, pages * os::page_size});
    const os::address_range last{(pages - 1) * os::page_size, pages * os::page_size};
    CHECK(set.insert({0, os::page_size}) == 1);
    CHECK(set.insert(last) == 1);
    CHECK(runs(set) == std::vector{os::address_range{0, os::page_size}, last});
    set.erase({0, pages * os::page_size});
    CHECK(runs(set).empty());
}

TEST_CASE("page_set: an empty set that was large gives its memory back, and can be used again") {
    const os::address_range range{0x1000'0000, 0x1000'0000 + (std::size_t{1} << 34U)};
    page_set set(range);
    const auto every_64_mib = [&](auto&& visit) {
        for (auto at = range.begin; at < range.end; at += std::size_t{1} << 26U)
            visit(os::address_range{at, at + os::page_size});
    };
    for (int round = 0; round < 3; ++round) {
        every_64_mib([&](os::address_range page) { CHECK(set.insert(page) == 1); });
        CHECK_FALSE(set.shrink());
        every_64_mib([&](os::address_range page) { CHECK(set.contains(page.begin)); });
        set.clear();
        CHECK(set.shrink());
        CHECK_FALSE(set.shrink());
        CHECK(set.size() == 0);
        every_64_mib([&](os::address_range page) { CHECK_FALSE(set.contains(page.begin)); });
    }
    // Not for a few.
    set.insert({range.begin, range.begin + os::page_size});
    set.clear();
    CHECK_FALSE(set.shrink());
}
