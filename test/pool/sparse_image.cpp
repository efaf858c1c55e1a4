// SPDX-License-Identifier: Apache-2.0
// Images of a few pages that lie far apart take memory for what they hold, however the kernel uses
// huge pages.

#include <palimpsest/pool.hpp>

#include <sys/resource.h>

#include <catch2/catch.hpp>

#include <fstream>
#include <string>
#include <vector>

#include "support/child.hpp"
#include "support/huge_pages.hpp"
#include "support/kernel.hpp"
#include "support/pages.hpp"
#include "support/sanitizer.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

constexpr std::size_t span = 4_GiB;
constexpr std::size_t step = 2_MiB;
constexpr std::size_t few = 64_MiB;

/// 16 bytes in each 2 MiB of 4 GiB: 8 MiB in pages.
ps::image sparse_image() {
    const auto bytes = test::pattern(16);
    std::vector<ps::segment> segments;
    for (std::size_t at = 0; at < span; at += step) segments.push_back({at, bytes});
    return ps::image::from_segments(segments, span);
}

/// What is wrong with the memory of that image; nothing if it is right.
std::string complaint_about(const ps::image& image) {
    const auto bytes = test::pattern(16);
    const auto& runs = image.memories()[0].runs();
    if (runs.size() != span / step) return "wrong number of runs";
    for (const auto& run : runs)
        if (run.offset % step != 0 || run.end - run.offset != test::pages(1) ||
            !test::equal({run.source, 16}, bytes))
            return "a wrong run";
    return {};
}

/// Pools that capture is tried on hold one slot with all of it.
ps::pool_limits limits() { return {.slots = 1, .memory = {.maximum = span, .guard = 64_KiB}}; }

/// A slot that was written to at the same places.
template <class Slot>
void write_sparse_pages(Slot& slot) {
    const auto bytes = test::pattern(16);
    for (std::size_t at = 0; at < span; at += step)
        std::copy(bytes.begin(), bytes.end(), &slot.memory(0).bytes()[at]);
}

/// Runs `act` in a child that may take 64 MiB of memory beyond what it had.
template <class Act>
std::string complaint_of_peak(Act&& act) {
    return test::child([&]() -> std::string {
               test::reset_peak();
               const auto before = test::peak_bytes();
               auto complaint = complaint_about(act());
               const auto taken = test::peak_bytes() - before;
               if (taken > few) complaint += " took " + std::to_string(taken) + " bytes";
               return complaint;
           })
        .wait();
}

/// Runs in a child that cannot map much more than it has.
template <class Act>
std::string complaint_without_address_space(Act&& act) {
    return test::child([&]() -> std::string {
               std::size_t pages = 0;
               std::ifstream("/proc/self/statm") >> pages;
               const rlim_t most = test::pages(pages) + few;
               const rlimit limit{most, most};
               if (::setrlimit(RLIMIT_AS, &limit) != 0) return "no limit";
               try {
                   return complaint_about(act());
               } catch (const std::exception& thrown) {
                   return thrown.what();
               }
           })
        .wait();
}

}  // namespace

TEST_CASE("an image of sparse pages needs address space by what it holds") {
    PALIMPSEST_SKIP_UNLESS(!test::address_sanitizer && !test::thread_sanitizer,
                           "the sanitizer's own memory does not go on under a limit");
    CHECK(complaint_without_address_space([] { return sparse_image(); }).empty());
}

TEST_CASE("a capture of sparse pages needs address space by what it holds") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    PALIMPSEST_SKIP_UNLESS(!test::address_sanitizer && !test::thread_sanitizer,
                           "the sanitizer's own memory does not go on under a limit");
    ps::instance_pool<> pool(limits());
    const auto slot = pool.acquire(ps::image::zeroed(span));
    write_sparse_pages(*slot);
    CHECK(complaint_without_address_space([&] { return ps::image::capture(*slot); }).empty());
    CHECK(complaint_about(ps::image::capture(*slot)).empty());
}

TEST_CASE("an image of sparse pages takes memory by what it holds, where all memory is huge") {
    PALIMPSEST_SKIP_UNLESS(test::always_huge("enabled"),
                           "huge pages are not on for all memory (transparent_hugepage/enabled)");
    CHECK(complaint_of_peak([] { return sparse_image(); }).empty());
}

TEST_CASE("a capture of sparse pages takes memory by what it holds, where all memory is huge") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    PALIMPSEST_SKIP_UNLESS(test::always_huge("enabled"),
                           "huge pages are not on for all memory (transparent_hugepage/enabled)");
    ps::instance_pool<> pool(limits());
    {
        const auto slot = pool.acquire(ps::image::zeroed(span));
        write_sparse_pages(*slot);
        CHECK(complaint_of_peak([&] { return ps::image::capture(*slot); }).empty());
    }
    // Also of what the slot only shares with its image.
    const auto slot = pool.acquire(sparse_image());
    CHECK(complaint_of_peak([&] { return ps::image::capture(*slot); }).empty());
}

TEST_CASE("the file of an image takes memory by what it holds, also where shared memory is huge") {
    const auto page = test::pattern(10);
    for (const std::size_t count : {1U, 3U, 600U}) {
        std::vector<ps::segment> segments;
        // Every third pair lies so close that the gap is mapped along with it.
        for (std::size_t index = 0; index < count; ++index)
            segments.push_back({index * 128_KiB + (index % 3 == 0 ? 64_KiB + 8_KiB : 0), page});
        const auto image = ps::image::from_segments(segments, 128_MiB);
        CHECK(test::bytes_taken_by(image.file()) >= test::pages(count));
        CHECK(test::bytes_taken_by(image.file()) <= 2 * test::pages(count));

        ps::instance_pool<> pool({.slots = 1, .memory = {.maximum = 128_MiB, .guard = 64_KiB}});
        const auto slot = pool.acquire(image);
        test::read_pages(slot->memory(0).bytes(), 0, 16);
        CHECK(test::bytes_taken_by(image.file()) <= 2 * test::pages(count) + test::pages(16));
    }
}
