// SPDX-License-Identifier: Apache-2.0
// A page that the host made a guard (MADV_GUARD_INSTALL) looks to a scan like one that was swapped
// out. Capturing it throws; it does not end the process.

#include <palimpsest/os/guard_marker.hpp>
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include <string>

#include "support/child.hpp"
#include "support/failing_system.hpp"
#include "support/kernel.hpp"
#include "support/page_words.hpp"
#include "support/pages.hpp"
#include "support/scratch_memory.hpp"
#include "support/swap_file.hpp"
#include "support/thrown.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

ps::pool_limits limits() {
    return {.slots = 2,
            .memories = 2,
            .memory = {.maximum = 1_MiB, .guard = 64_KiB},
            .tables = 2,
            .table_elements = 1'024,
            .state = 8_KiB};
}

ps::os::address_range page_of(std::span<std::byte> bytes, std::size_t page) {
    const auto begin = test::range_of(bytes).begin + test::pages(page);
    return {begin, begin + ps::os::page_size};
}

constexpr const char* no_guards = "this kernel has no guard markers (Linux 6.13)";

bool has_guards() {
    const test::scratch_memory memory(1);
    return static_cast<bool>(ps::os::install_guards{}(memory.range()));
}

/// In a child, since a failure ends the process: the error of capturing a slot in which `install`
/// makes a page a guard, and what is wrong once the guard is gone.
template <class Pool, class Install>
std::string refusal_of_capture(Install&& install) {
    return test::child([&]() -> std::string {
               Pool pool(limits());
               const auto bytes = test::pattern(test::pages(9));
               auto slot = *pool.acquire(ps::image::from_bytes(bytes));
               if (!slot.memory(1).grow(test::pages(9))) return "no second memory";
               test::write_pages(slot.memory(0).bytes(), 0, 1, std::byte{7});
               const ps::os::address_range guard = install(slot);
               if (!ps::os::install_guards{}(guard)) return "no guard";
               auto text =
                   test::text_of<std::system_error>([&] { (void)ps::image::capture(slot); });
               // The process can capture, and release, once it has followed the advice.
               if (!ps::os::remove_guards{}(guard)) return "the guard stays";
               const auto captured = pool.acquire(ps::image::capture(slot));
               if (!test::equal(captured->memory(0).bytes(), slot.memory(0).bytes()))
                   return "wrong contents";
               return text;
           })
        .wait();
}

using scanning = ps::instance_pool<>;
using everything = ps::instance_pool<ps::dirty::everything, test::failing_system>;

}  // namespace

TEST_CASE("capturing a slot with a guard in it says where the guard is, and what to do") {
    PALIMPSEST_SKIP_UNLESS(has_guards(), no_guards);
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    const auto in_memory =
        refusal_of_capture<scanning>([](auto& slot) { return page_of(slot.memory(1).bytes(), 5); });
    CHECK(in_memory.find("image::capture") != std::string::npos);
    CHECK(in_memory.find("the page at offset " + std::to_string(test::pages(5)) + " of memory 1") !=
          std::string::npos);
    CHECK(in_memory.find("MADV_GUARD_REMOVE") != std::string::npos);

    const auto in_state =
        refusal_of_capture<scanning>([](auto& slot) { return page_of(slot.state().bytes(), 1); });
    CHECK(in_state.find("offset " + std::to_string(test::pages(1)) + " of the state") !=
          std::string::npos);
    const auto in_table =
        refusal_of_capture<scanning>([](auto& slot) { return page_of(slot.table(1).bytes(), 0); });
    CHECK(in_table.find("offset 0 of table 1") != std::string::npos);
}

TEST_CASE("a guard over a page of the image is found as well") {
    PALIMPSEST_SKIP_UNLESS(has_guards(), no_guards);
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    const auto text =
        refusal_of_capture<scanning>([](auto& slot) { return page_of(slot.memory(0).bytes(), 3); });
    // Before Linux 6.15 the mapping of a file takes no guards.
    PALIMPSEST_SKIP_UNLESS(text != "no guard",
                           "this kernel has no guards in the mapping of a file");
    CHECK(text.find("offset " + std::to_string(test::pages(3)) + " of memory 0") !=
          std::string::npos);
}

TEST_CASE("a guard is found where the page map cannot be scanned") {
    PALIMPSEST_SKIP_UNLESS(has_guards(), no_guards);
    const test::failing<ps::os::scan_pagemap> no_scan(ENOTTY);
    const auto text = refusal_of_capture<everything>(
        [](auto& slot) { return page_of(slot.memory(1).bytes(), 6); });
    CHECK(text.find("offset " + std::to_string(test::pages(6)) + " of memory 1") !=
          std::string::npos);
}

TEST_CASE("pages that were swapped out are captured") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    const test::swap_file swap(8_MiB);
    PALIMPSEST_SKIP_UNLESS(swap.refusal().empty(), swap.refusal());
    scanning pool(limits());
    auto slot = *pool.acquire(ps::image::zeroed(1_MiB));
    const auto memory = slot.memory(0).bytes();
    const auto bytes = test::pattern(test::pages(64));
    std::copy(bytes.begin(), bytes.end(), memory.begin());
    constexpr int page_out = 21;  // MADV_PAGEOUT
    (void)::madvise(memory.data(), bytes.size(), page_out);
    PALIMPSEST_SKIP_UNLESS(test::swapped_pages(test::range_of(memory)) != 0,
                           "the kernel swapped nothing out");
    const auto captured = pool.acquire(ps::image::capture(slot));
    CHECK(test::equal(captured->memory(0).bytes().first(bytes.size()), bytes));
    CHECK(test::equal(memory.first(bytes.size()), bytes));
}

TEST_CASE("regions of pages that are not swapped are not told apart by what they name") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    const test::scratch_memory memory(16);
    test::write_pages(memory.bytes(), 2, 9);
    auto filter = ps::os::page_filter::resident();
    filter.named |= ps::os::page_category::swapped;
    const ps::os::descriptor pagemap(ps::os::open_pagemap{}().value);
    std::array<ps::os::page_region, 8> regions;
    const auto scanned = ps::os::scan_pagemap{}(pagemap.get(), memory.range(), filter, regions, 0);
    REQUIRE(scanned.value.regions == 1);
    CHECK((regions[0].categories & ps::os::page_category::swapped) == 0);
    CHECK(regions[0].end - regions[0].start == test::pages(9));
}
