// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

#include "support/kernel.hpp"
#include "support/pages.hpp"
#include "support/skip.hpp"
#include "support/thrown.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type = ps::instance_pool<ps::dirty::everything, ps::observe::counters>;

ps::pool_limits limits(std::size_t slots) {
    return {.slots = slots,
            .memories = 2,
            .memory = {.maximum = 4_MiB, .guard = 64_KiB},
            .tables = 1,
            .table_elements = 1000,
            .state = 4_KiB};
}

/// What memory 0 of a slot holds that was mapped from the image.
std::vector<std::byte> memory_of(const ps::image& image) {
    pool_type pool(limits(1));
    const auto slot = pool.acquire(image);
    const auto bytes = slot->memory(0).bytes();
    return {bytes.begin(), bytes.end()};
}

/// The physical page behind an address, if the kernel tells; otherwise 0.
std::uint64_t physical_page(const std::byte* address) {
    const ps::os::descriptor pagemap(ps::os::open_pagemap{}().value);
    std::array<ps::os::pagemap_word, 1> word;
    (void)ps::os::read_pagemap{}(pagemap.get(), reinterpret_cast<std::uintptr_t>(address), word);
    return word[0].bits & ((std::uint64_t{1} << 55U) - 1);
}

}  // namespace

TEST_CASE("an image of bytes holds them, at their size") {
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, test::pages(1), test::pages(3) - 1, test::pages(3) + 1}) {
        const auto bytes = test::pattern(size);
        const auto image = ps::image::from_bytes(bytes);
        CHECK(image.memories()[0].size() == size);
        CHECK(memory_of(image) == bytes);
    }
}

TEST_CASE("an image of segments holds zeros between them") {
    const auto bytes = test::pattern(test::pages(2));
    const std::span all(bytes);
    const ps::segment segments[] = {{test::pages(40) + 10, all.first(5000)}, {7, all.first(9)}};
    std::vector<std::byte> wanted(test::pages(100));
    std::copy_n(bytes.begin(), 5000, &wanted[test::pages(40) + 10]);
    std::copy_n(bytes.begin(), 9, &wanted[7]);
    CHECK(memory_of(ps::image::from_segments(segments, wanted.size())) == wanted);
}

TEST_CASE("where segments overlap the later one counts") {
    const std::vector first(100, std::byte{1});
    const std::vector second(10, std::byte{2});
    const ps::segment segments[] = {{0, first}, {50, second}, {50, {}}};
    const auto held = memory_of(ps::image::from_segments(segments, 100));
    CHECK(held[49] == std::byte{1});
    CHECK(held[50] == std::byte{2});
    CHECK(held[59] == std::byte{2});
    CHECK(held[60] == std::byte{1});
}

TEST_CASE("a segment that ends behind its entity is refused, by its number") {
    const auto bytes = test::pattern(100);
    const ps::segment good{0, bytes};
    for (const ps::segment bad :
         {ps::segment{1, bytes}, ps::segment{101, {}}, ps::segment{~std::size_t{0}, bytes}}) {
        const ps::segment both[] = {good, bad};
        const auto text = test::text_of<std::invalid_argument>(
            [&] { (void)ps::image::from_segments(both, 100); });
        CHECK(text.find("segment 1 of memory 0") != std::string::npos);
        CHECK(text.find("behind the 100 bytes") != std::string::npos);
    }
    CHECK(ps::image::from_segments({&good, 1}, 100).memories()[0].size() == 100);
}

TEST_CASE("runs of zeros are not stored") {
    CHECK(ps::image::zeroed(1_GiB).stored_bytes() == 0);
    const auto page = test::pattern(1);
    const ps::segment far_apart[] = {{0, page}, {512_MiB, page}, {1_GiB - 1, page}};
    CHECK(ps::image::from_segments(far_apart, 1_GiB).stored_bytes() == test::pages(3));

    std::vector<std::byte> mostly_zero(test::pages(100));
    mostly_zero[test::pages(50) + 17] = std::byte{1};
    CHECK(ps::image::from_bytes(mostly_zero).stored_bytes() == test::pages(1));
}

TEST_CASE("an image of many scattered pages needs few mappings, and holds each of them") {
    const auto page = test::pattern(10);
    std::vector<ps::segment> segments;
    std::vector<std::byte> wanted(4_MiB);
    for (std::size_t at = 0; at < 1000; at += 3 + at / 50) {
        segments.push_back({test::pages(at), page});
        std::copy(page.begin(), page.end(), &wanted[test::pages(at)]);
    }
    const auto image = ps::image::from_segments(segments, wanted.size());
    CHECK(image.memories()[0].extents().size() <= 16);
    CHECK(memory_of(image) == wanted);
}

TEST_CASE("an image of pages that lie far apart has no file as long as the way between them") {
    const auto page = test::pattern(10);
    std::vector<ps::segment> segments;
    for (std::size_t index = 0; index < 40; ++index) segments.push_back({index * 16_MiB, page});
    const auto image = ps::image::from_segments(segments, 640_MiB);
    CHECK(image.memories()[0].extents().size() == 40);
    CHECK(image.stored_bytes() == test::pages(40));
}

TEST_CASE("the runs of zeros that are mapped along are no longer than what an image holds") {
    const auto page = test::pattern(10);
    std::vector<ps::segment> segments;
    std::size_t at = 0;
    for (std::size_t index = 0; index < 1'000; ++index) {
        segments.push_back({test::pages(at), page});
        at += 20 + index % 7;
    }
    const auto image = ps::image::from_segments(segments, test::pages(at));
    CHECK(image.stored_bytes() <= test::pages(2 * 1'000));
    CHECK(image.stored_bytes() >= test::pages(900));
}

TEST_CASE("the file of an image is sealed") {
    const auto image = ps::image::from_bytes(test::pattern(test::pages(1)));
    const int seals = ::fcntl(image.file(), F_GET_SEALS);
    CHECK((seals & F_SEAL_WRITE) != 0);
    CHECK((seals & F_SEAL_GROW) != 0);
    CHECK((seals & F_SEAL_SHRINK) != 0);
    CHECK((seals & F_SEAL_SEAL) != 0);
}

TEST_CASE("images differ by their number, and copies share it") {
    const auto one = ps::image::zeroed(1);
    const auto same = one;
    const auto other = ps::image::zeroed(1);
    CHECK(one.id() == same.id());
    CHECK(one == same);
    CHECK(one.id() != other.id());
    CHECK_FALSE(one == other);
    CHECK(one.id() != 0);
}

TEST_CASE("an image outlives its owner while a slot uses it") {
    pool_type pool(limits(1));
    const auto bytes = test::pattern(test::pages(5));
    std::optional image = ps::image::from_bytes(bytes);
    const int file = image->file();
    const auto copy = *image;
    {
        const auto slot = pool.acquire(*image);
        image.reset();
        CHECK(test::equal(slot->memory(0).bytes(), bytes));
        test::write_pages(slot->memory(0).bytes(), 0, 5);
    }
    CHECK(test::equal(pool.acquire(copy)->memory(0).bytes(), bytes));
    CHECK(::fcntl(file, F_GETFD) >= 0);
}

TEST_CASE("an image goes when the last of its owners and its slots does") {
    int file = -1;
    pool_type pool(limits(1));
    {
        const auto image = ps::image::from_bytes(test::pattern(10));
        file = image.file();
        (void)pool.acquire(image);
    }
    struct stat its {};
    REQUIRE(::fstat(file, &its) == 0);  // the slot is warm for it
    const auto inode = its.st_ino;
    (void)pool.acquire(ps::image::zeroed(1));
    const bool closed = ::fstat(file, &its) != 0 || its.st_ino != inode;
    CHECK(closed);
}

TEST_CASE("two slots of one image share its pages until they write to them") {
    pool_type pool(limits(2));
    const auto image = ps::image::from_bytes(test::pattern(test::pages(2)));
    const auto one = pool.acquire(image);
    const auto two = pool.acquire(image);
    test::read_pages(one->memory(0).bytes(), 0, 2);
    test::read_pages(two->memory(0).bytes(), 0, 2);
    const auto page = physical_page(one->memory(0).data());
    PALIMPSEST_SKIP_UNLESS(page != 0, "only a privileged process sees physical pages");
    CHECK(physical_page(two->memory(0).data()) == page);
    test::write_pages(two->memory(0).bytes(), 0, 1);
    CHECK(physical_page(two->memory(0).data()) != page);
    CHECK(physical_page(one->memory(0).data()) == page);
}

TEST_CASE("a captured slot is an image of state, tables and memories as they stood") {
    pool_type pool(limits(2));
    const auto bytes = test::pattern(test::pages(30));
    const std::span all(bytes);
    ps::image::builder builder;
    const ps::segment start{0, all};
    const auto image = builder.state(all.first(10)).memory(0, {&start, 1}, bytes.size()).build();

    std::optional<ps::image> captured;
    std::vector<std::byte> memory;
    {
        const auto slot = pool.acquire(image);
        slot->state().bytes()[3] = std::byte{0};
        slot->table(0).bytes()[test::pages(1)] = std::byte{9};
        test::write_pages(slot->memory(0).bytes(), 4, 2, std::byte{0});
        std::fill_n(&slot->memory(0).bytes()[test::pages(20)], test::pages(3), std::byte{0});
        REQUIRE(slot->memory(0).grow(test::pages(10) + 5));
        slot->memory(0).bytes()[test::pages(40) + 4] = std::byte{8};
        REQUIRE(slot->memory(1).grow(test::pages(2)));
        slot->memory(1).bytes()[100] = std::byte{7};
        memory.assign(slot->memory(0).bytes().begin(), slot->memory(0).bytes().end());
        captured = ps::image::capture(*slot);
        CHECK(test::equal(slot->memory(0).bytes(), memory));
    }
    for (int tenant = 0; tenant < 2; ++tenant) {
        const auto slot = pool.acquire(*captured);
        CHECK(test::equal(slot->memory(0).bytes(), memory));
        CHECK(slot->memory(1).size() == test::pages(2));
        CHECK(slot->memory(1).bytes()[100] == std::byte{7});
        CHECK(slot->state().bytes()[2] == bytes[2]);
        CHECK(slot->state().bytes()[3] == std::byte{0});
        CHECK(slot->table(0).bytes()[test::pages(1)] == std::byte{9});
        test::write_pages(slot->memory(0).bytes(), 0, 40);
    }
    // Pages that were zeroed or never touched are not part of it.
    std::size_t stored = 0;
    for (const auto& run : captured->memories()[0].runs()) stored += run.end - run.offset;
    CHECK(stored == test::pages(30 - 3 + 1));
}

TEST_CASE("a capture of a capture holds the same") {
    pool_type pool(limits(2));
    const auto first = pool.acquire(ps::image::from_bytes(test::pattern(test::pages(5))));
    first->memory(0).bytes()[9] = std::byte{0xab};
    const auto once = ps::image::capture(*first);
    const auto second = pool.acquire(once);
    const auto twice = ps::image::capture(*second);
    CHECK(memory_of(once) == memory_of(twice));
    CHECK(memory_of(once)[9] == std::byte{0xab});
}

namespace {

/// Lines of /proc/self/maps that overlap a slot, the guards at both ends included.
template <class Pool>
std::size_t mappings_of(const Pool& pool, const typename Pool::slot& slot) {
    const auto& layout = pool.layout();
    const auto begin = reinterpret_cast<std::uintptr_t>(slot.state().data());
    const ps::os::address_range all{begin - layout.guard_before_bytes(),
                                    begin + layout.slot_bytes()};
    std::ifstream maps("/proc/self/maps");
    std::size_t count = 0;
    for (std::string line; std::getline(maps, line);) {
        ps::os::address_range at;
        char dash = 0;
        std::istringstream(line) >> std::hex >> at.begin >> dash >> at.end;
        if (!ps::os::intersection(at, all).empty()) ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("an image knows how many mappings a slot needs for it, and is seldom far off") {
    const auto page = test::pattern(10);
    std::vector<ps::segment> far_apart;
    for (std::size_t index = 0; index < 20; ++index)
        far_apart.push_back({index * 200_KiB + 64_KiB, page});
    const auto all = std::span(far_apart);
    ps::image::builder everywhere;
    everywhere.state(page).table(0, page).memory(0, all, 4_MiB).memory(1, all.first(3), 1_MiB);
    for (const auto& image :
         {ps::image::zeroed(0), ps::image::zeroed(4_MiB), ps::image::from_bytes(page),
          ps::image::from_segments(all, 4_MiB), everywhere.build()}) {
        pool_type pool(limits(1));
        const auto slot = pool.acquire(image);
        CHECK(mappings_of(pool, *slot) <= image.mappings());
        CHECK(mappings_of(pool, *slot) + 6 >= image.mappings());
        REQUIRE(slot->memory(1).grow(test::pages(3)));
        test::write_pages(slot->memory(1).bytes(), 0, 3);
        CHECK(mappings_of(pool, *slot) <= image.mappings() + 2);
    }
}

TEST_CASE("an image of absurd sizes and numbers is refused, with what is absurd and its value") {
    const auto text_of = [](auto&& build) {
        return test::text_of<std::invalid_argument>([&] {
            ps::image::builder builder;
            build(builder);
        });
    };
    const auto bytes = test::pattern(10);
    const ps::segment piece{0, bytes};
    const ps::segment far{~std::size_t{0} - 4, bytes};
    for (const std::size_t absurd :
         {(std::size_t{1} << 47U) + 1, std::size_t{1} << 63U, ~std::size_t{0}}) {
        const auto value = std::to_string(absurd);
        const auto memory = text_of([&](auto& of) { of.memory(3, {&piece, 1}, absurd); });
        CHECK(memory.find("memory 3 of " + value + " bytes") != std::string::npos);
        CHECK(memory.find("give fewer bytes") != std::string::npos);
        CHECK(text_of([&](auto& of) { of.table(2, {}, absurd); }).find("table 2 of " + value) !=
              std::string::npos);
        CHECK(text_of([&](auto& of) { of.state({}, absurd); }).find("state of " + value) !=
              std::string::npos);
        CHECK(text_of([&](auto& of) { of.memory(absurd, {}, 1); }).find("no memory " + value) !=
              std::string::npos);
        CHECK(text_of([&](auto& of) { of.table(absurd, bytes); }).find("no table " + value) !=
              std::string::npos);
    }
    const auto text = text_of([&](auto& of) { of.memory(0, {&far, 1}, 1_GiB); });
    CHECK(text.find("offset " + std::to_string(far.offset)) != std::string::npos);

    // The largest possible cost no more than what they hold.
    ps::image::builder largest;
    largest.memory(65'535, {&piece, 1}, std::size_t{1} << 47U).table(65'535, bytes);
    CHECK(largest.build().stored_bytes() == test::pages(2));
}
