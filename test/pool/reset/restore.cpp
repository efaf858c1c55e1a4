// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/kernel.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type = ps::instance_pool<ps::reset::restore, ps::observe::counters>;

/// An instance with two of everything, some of it above 4 MiB of guard.
ps::pool_limits limits() {
    return {.slots = 1,
            .memories = 2,
            .memory = {.maximum = 1_MiB, .guard = 64_KiB},
            .tables = 2,
            .table_elements = 1000,
            .state = 100};
}

ps::image make_image() {
    const auto bytes = test::pattern(test::pages(6));
    const std::span all(bytes);
    const ps::segment memory[] = {{100, all.first(50)}, {test::pages(3) + 5, all.first(8000)}};
    const ps::segment second[] = {{test::pages(9), all}};
    ps::image::builder builder;
    builder.state(all.first(64)).table(1, all.first(3000));
    builder.memory(0, memory, test::pages(10)).memory(1, second, test::pages(20));
    return builder.build();
}

/// All that a slot holds, one after the other.
template <class Slot>
std::vector<std::byte> contents(const Slot& slot) {
    std::vector<std::byte> all;
    const auto append = [&](std::span<const std::byte> bytes) {
        all.insert(all.end(), bytes.begin(), bytes.end());
    };
    append(slot.state().bytes());
    for (std::size_t index : {0U, 1U}) append(slot.table(index).bytes());
    for (std::size_t index : {0U, 1U}) append(slot.memory(index).bytes());
    return all;
}

template <class Slot>
void fill(const Slot& slot) {
    const auto overwrite = [](std::span<std::byte> bytes) {
        std::fill(bytes.begin(), bytes.end(), std::byte{0xee});
    };
    overwrite(slot.state().bytes());
    for (std::size_t index : {0U, 1U}) overwrite(slot.table(index).bytes());
    for (std::size_t index : {0U, 1U}) overwrite(slot.memory(index).bytes());
}

}  // namespace

TEST_CASE("restore: state, tables and memories hold the image again, byte for byte") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(limits());
    const auto image = make_image();
    std::vector<std::byte> fresh;
    {
        const auto slot = pool.acquire(image);
        fresh = contents(*slot);
        CHECK(slot->memory(0).bytes()[100] != std::byte{0});
        CHECK(slot->memory(1).bytes()[test::pages(9)] != std::byte{0});
        CHECK(slot->table(1).bytes()[2999] != std::byte{0});
        CHECK(test::is_zero(slot->table(0).bytes()));
        fill(*slot);
    }
    CHECK(pool.observer().snapshot().bytes_decommitted == 0);
    CHECK(test::equal(contents(*pool.acquire(image)), fresh));
}

TEST_CASE("restore: what was restored stays resident for the next instance") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(limits());
    const auto image = make_image();
    { fill(*pool.acquire(image)); }
    const auto slot = pool.acquire(image);
    CHECK(test::resident_pages(slot->memory(0).bytes()) == 10);
    CHECK(test::resident_pages(slot->memory(1).bytes()) == 20);
    CHECK(test::resident_pages(slot->table(1).bytes()) == slot->table(1).size() / test::pages(1));
}

TEST_CASE("restore: one byte of a page puts back that page, and only that") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(limits());
    const auto image = make_image();
    for (const std::size_t page : {0U, 3U, 7U}) {
        const auto before = pool.observer().snapshot().pages_restored;
        const auto resident = page == 0 ? 0U : page == 3 ? 1U : 2U;
        test::write_pages(pool.acquire(image)->memory(0).bytes(), page, 1);
        CHECK(pool.observer().snapshot().pages_restored - before == resident + 1);
    }
}

TEST_CASE("restore: an instance that touched nothing is reset without a copy") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(limits());
    { const auto slot = pool.acquire(make_image()); }
    CHECK(pool.observer().snapshot().pages_restored == 0);
    CHECK(pool.observer().snapshot().resets == 1);
}
