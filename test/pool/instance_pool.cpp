// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <sys/prctl.h>

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <sstream>

#include "support/pages.hpp"
#include "support/sanitizer.hpp"
#include "support/thrown.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type = ps::instance_pool<ps::reset::decommit, ps::observe::counters>;

ps::pool_limits limits(std::size_t slots) {
    return {.slots = slots,
            .memory = {.maximum = 64_KiB, .guard = 64_KiB},
            .tables = 1,
            .table_elements = 512,
            .state = 4_KiB};
}

/// The error of acquiring an image that does not fit.
template <class Build>
std::string refusal(Build&& build) {
    pool_type pool(limits(1));
    ps::image::builder builder;
    build(builder);
    const auto image = builder.build();
    auto text = test::text_of<std::invalid_argument>([&] { (void)pool.acquire(image); });
    CHECK(pool.acquire(ps::image::zeroed(100)));  // the slot was not lost
    return text;
}

}  // namespace

TEST_CASE("an exhausted pool answers with nothing, and counts it") {
    pool_type pool(limits(3));
    const auto image = ps::image::zeroed(test::pages(1));
    std::vector<pool_type::slot> all;
    std::set<std::size_t> indices;
    while (auto slot = pool.acquire(image)) {
        indices.insert(slot->index());
        all.push_back(std::move(*slot));
    }
    CHECK(all.size() == 3);
    CHECK(indices == std::set<std::size_t>{0, 1, 2});
    CHECK(pool.slots() == 3);
    CHECK_FALSE(pool.acquire(image));
    CHECK(pool.observer().snapshot().exhausted == 2);

    all.pop_back();
    CHECK(pool.acquire(image));
}

TEST_CASE("slots that are in use at the same time share no address") {
    pool_type pool(limits(2));
    const auto image = ps::image::zeroed(64_KiB);
    const auto first = pool.acquire(image);
    const auto second = pool.acquire(image);
    test::write_pages(first->memory(0).bytes(), 0, 16, std::byte{1});
    test::write_pages(second->memory(0).bytes(), 0, 16, std::byte{2});
    CHECK(first->memory(0).bytes()[0] == std::byte{1});
    CHECK(test::all_are(first->state().bytes(), std::byte{0}));
    CHECK(test::all_are(second->table(0).bytes(), std::byte{0}));
}

TEST_CASE("a slot is released when it goes, and once when it was moved") {
    pool_type pool(limits(2));
    const auto image = ps::image::zeroed(test::pages(1));
    {
        auto first = *pool.acquire(image);
        const auto index = first.index();
        auto second = std::move(first);
        CHECK(second.index() == index);
        auto other = *pool.acquire(image);
        other = std::move(second);
        CHECK(other.index() == index);
    }
    CHECK(pool.observer().snapshot().resets == 2);
    const auto one = pool.acquire(image);
    const auto two = pool.acquire(image);
    CHECK(two);
    CHECK(one->index() != two->index());
}

TEST_CASE("acquiring the image that a slot holds maps nothing") {
    pool_type pool(limits(1));
    const auto mine = ps::image::from_bytes(test::pattern(test::pages(2)));
    const auto other = ps::image::from_bytes(test::pattern(test::pages(1)));
    for (const auto* image : {&mine, &mine, &other, &mine}) {
        const auto slot = pool.acquire(*image);
        CHECK(test::equal(slot->memory(0).bytes(), test::pattern(image->memories()[0].size())));
    }
    CHECK(pool.observer().snapshot().acquired_warm == 1);
    CHECK(pool.observer().snapshot().acquired_cold == 3);
}

TEST_CASE("an image larger than the memory is refused, with the limit and what to raise") {
    const auto text = refusal([](auto& builder) { builder.memory(0, {}, 64_KiB + 1); });
    CHECK(text.find("65537 bytes in a memory") != std::string::npos);
    CHECK(text.find("holds 65536") != std::string::npos);
    CHECK(text.find("raise pool_limits::memory.maximum") != std::string::npos);
}

TEST_CASE("an image with more, or larger, entities than a slot has is refused") {
    const auto page = test::pattern(test::pages(1) + 1);
    CHECK(refusal([&](auto& builder) { builder.state(page); }).find("::state") !=
          std::string::npos);
    CHECK(refusal([&](auto& builder) { builder.table(0, page); }).find("::table_elements") !=
          std::string::npos);
    CHECK(refusal([&](auto& builder) {
              builder.table(1, std::span(page).first(8));
          }).find("2 tables") != std::string::npos);
    CHECK(refusal([](auto& builder) { builder.memory(1, {}, 1); }).find("2 memories") !=
          std::string::npos);
}

TEST_CASE("an image that has fewer entities than a slot leaves the others empty or zero") {
    pool_type pool(limits(1));
    const auto page = test::pattern(test::pages(1));
    ps::image::builder builder;
    (void)pool.acquire(builder.state(page).table(0, page).build());
    const auto slot = pool.acquire(ps::image::zeroed(10));
    CHECK(test::is_zero(slot->state().bytes()));
    CHECK(test::is_zero(slot->table(0).bytes()));
    CHECK(slot->memory(0).size() == 10);
    CHECK(slot->memory(0).maximum() == 64_KiB);
}

TEST_CASE("a pool without any memory holds states and tables") {
    ps::instance_pool<ps::dirty::everything> pool(
        {.slots = 2, .memories = 0, .tables = 2, .table_elements = 512, .state = 1});
    const auto page = test::pattern(100);
    ps::image::builder builder;
    const auto image = builder.table(1, page).build();
    for (int tenant = 0; tenant < 3; ++tenant) {
        const auto slot = pool.acquire(image);
        CHECK(test::is_zero(slot->state().bytes()));
        CHECK(test::is_zero(slot->table(0).bytes()));
        CHECK(test::equal(slot->table(1).bytes().first(100), page));
        test::write_pages(slot->state().bytes(), 0, 1);
        test::write_pages(slot->table(0).bytes(), 0, 1);
        test::write_pages(slot->table(1).bytes(), 0, 1);
    }
}

TEST_CASE("limits that make no sense are refused when the pool is built") {
    CHECK_THROWS_AS(pool_type({.slots = 0}), std::invalid_argument);
    CHECK_THROWS_AS(pool_type(limits(std::size_t{1} << 60U)), std::invalid_argument);
}

TEST_CASE("assigning to a slot releases the one it held") {
    pool_type pool(limits(2));
    const auto image = ps::image::zeroed(4_KiB);
    auto first = pool.acquire(image);
    auto second = pool.acquire(image);
    REQUIRE_FALSE(pool.acquire(image));
    *first = std::move(*second);
    CHECK(pool.acquire(image));
}

TEST_CASE("an image of empty entities fits a pool without them") {
    ps::instance_pool<ps::reset::decommit> pool({.slots = 1, .memories = 0, .state = 4_KiB});
    CHECK(pool.acquire(ps::image::zeroed(0)));
}

namespace {

/// Mappings within the range that the kernel may back by huge pages, or merge with others of the
/// same contents, as /proc/self/smaps has them.
std::vector<std::string> open_to_merging(ps::os::address_range range) {
    std::vector<std::string> found;
    std::ifstream smaps("/proc/self/smaps");
    std::string mapping;
    for (std::string line; std::getline(smaps, line);) {
        if (line.rfind("VmFlags:", 0) != 0) {
            if (line.find('-') < line.find(' ')) mapping = line;
            continue;
        }
        std::istringstream numbers(mapping);
        char dash = 0;
        ps::os::address_range at;
        numbers >> std::hex >> at.begin >> dash >> at.end;
        if (ps::os::intersection(at, range).empty()) continue;
        const bool small = (line + " ").find(" nh ") != std::string::npos;
        const bool apart = (line + " ").find(" mg ") == std::string::npos;
        if (!small || !apart) found.push_back(mapping + line);
    }
    return found;
}

/// What a service manager does for its services: all memory that is mapped may be merged (KSM).
class merging_process {
  public:
    merging_process() { set(1); }
    merging_process(const merging_process&) = delete;
    merging_process& operator=(const merging_process&) = delete;
    ~merging_process() { set(0); }

  private:
    /// Kernels before 6.4 refuse; then there is no merging to prevent. With the sanitizer's shadow
    /// of the whole address space it would take minutes.
    static void set(unsigned long on) {
        if (test::address_sanitizer) return;
        (void)::prctl(67 /* PR_SET_MEMORY_MERGE */, on, 0, 0, 0);
    }
};

}  // namespace

TEST_CASE("no page of a slot is merged with others or huge, whatever images it held") {
    const merging_process merging;
    pool_type pool({.slots = 1, .memory = {.maximum = 8_MiB, .guard = 64_KiB}, .state = 4_KiB});
    const auto bytes = test::pattern(test::pages(600));
    for (const auto& image : {ps::image::from_bytes(bytes), ps::image::zeroed(6_MiB),
                              ps::image::from_bytes(std::span(bytes).first(test::pages(9)))}) {
        auto slot = pool.acquire(image);
        REQUIRE(slot->memory(0).grow(1_MiB));
        const auto memory = slot->memory(0).bytes();
        CHECK(open_to_merging(test::range_of(memory)) == std::vector<std::string>{});
    }
}
