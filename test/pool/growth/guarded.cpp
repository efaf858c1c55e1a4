// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/accessible.hpp"
#include "support/failing_system.hpp"
#include "support/kernel.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type =
    ps::instance_pool<ps::growth::guarded, ps::observe::counters, test::failing_system>;

ps::pool_limits one_slot() {
    return {.slots = 1, .memories = 2, .memory = {.maximum = 128_KiB, .guard = 64_KiB}};
}

ps::image make_image() {
    const auto bytes = test::pattern(test::pages(4));
    const ps::segment whole{0, bytes};
    ps::image::builder builder;
    return builder.memory(0, {&whole, 1}, bytes.size()).memory(1, {}, 0).build();
}

}  // namespace

TEST_CASE("guarded: what lies beyond the size of a memory cannot be accessed") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto slot = pool.acquire(make_image());
    const auto memory = slot->memory(0);
    CHECK(test::accessible(memory.data() + test::pages(4) - 1));
    CHECK_FALSE(test::accessible(memory.data() + test::pages(4)));
    CHECK_FALSE(test::accessible(slot->memory(1).data()));

    CHECK(memory.grow(test::pages(2)) == test::pages(4));
    CHECK(memory.size() == test::pages(6));
    CHECK(test::accessible(memory.data() + test::pages(6) - 1));
    CHECK_FALSE(test::accessible(memory.data() + test::pages(6)));
    CHECK_FALSE(test::accessible(memory.data() - 1));
}

TEST_CASE("guarded: a memory grows up to its maximum and no further") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto slot = pool.acquire(make_image());
    const auto memory = slot->memory(0);
    CHECK_FALSE(memory.grow(128_KiB));
    CHECK_FALSE(memory.grow(~std::size_t{0}));
    CHECK(memory.size() == test::pages(4));
    CHECK(memory.grow(0) == test::pages(4));
    CHECK(memory.grow(128_KiB - test::pages(4)));
    CHECK(memory.size() == memory.maximum());
    CHECK_FALSE(memory.grow(1));
    CHECK(memory.grow(0) == 128_KiB);
    CHECK(test::accessible(memory.data() + 128_KiB - 1));
    CHECK_FALSE(test::accessible(memory.data() + 128_KiB));
    CHECK(slot->memory(1).grow(test::pages(1)) == 0);
    CHECK(test::accessible(slot->memory(1).data()));
}

TEST_CASE("guarded: growing adds zeros, and the slot is given back at the size of its image") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = make_image();
    for (int tenant = 0; tenant < 3; ++tenant) {
        const auto slot = pool.acquire(image);
        const auto memory = slot->memory(0);
        CHECK(memory.size() == test::pages(4));
        CHECK(test::equal(memory.bytes(), test::pattern(test::pages(4))));
        CHECK_FALSE(test::accessible(memory.data() + test::pages(4)));
        REQUIRE(memory.grow(test::pages(10)));
        CHECK(test::is_zero(memory.bytes().subspan(test::pages(4))));
        test::write_pages(memory.bytes(), 0, 14);
    }
    CHECK(pool.observer().snapshot().degraded == 0);
}

TEST_CASE("guarded: a tenant that grows less than the one before finds zeros, also in between") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = make_image();
    {
        const auto slot = pool.acquire(image);
        REQUIRE(slot->memory(0).grow(test::pages(20)));
        test::write_pages(slot->memory(0).bytes(), 4, 20);
    }
    {
        const auto slot = pool.acquire(image);
        REQUIRE(slot->memory(0).grow(test::pages(2)));
        test::write_pages(slot->memory(0).bytes(), 4, 2);
    }
    const auto slot = pool.acquire(image);
    REQUIRE(slot->memory(0).grow(test::pages(20)));
    CHECK(test::is_zero(slot->memory(0).bytes().subspan(test::pages(4))));
}

TEST_CASE("guarded: sizes of a memory need not be whole pages") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = ps::image::from_bytes(test::pattern(test::pages(2) + 100));
    for (int tenant = 0; tenant < 2; ++tenant) {
        const auto slot = pool.acquire(image);
        const auto memory = slot->memory(0);
        CHECK(memory.size() == test::pages(2) + 100);
        REQUIRE(memory.grow(50));
        CHECK(memory.size() == test::pages(2) + 150);
        CHECK(test::is_zero(memory.bytes().subspan(test::pages(2) + 100)));
        memory.bytes()[test::pages(2) + 149] = std::byte{1};
    }
}

TEST_CASE("guarded: growth that the kernel refuses leaves the memory as it was") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto slot = pool.acquire(make_image());
    const auto memory = slot->memory(0);
    {
        const test::failing<ps::os::make_accessible> refused(ENOMEM);
        CHECK_FALSE(memory.grow(test::pages(2)));
    }
    CHECK(memory.size() == test::pages(4));
    CHECK(memory.grow(test::pages(2)) == test::pages(4));
}

TEST_CASE("guarded: a memory that cannot be closed is mapped anew") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = make_image();
    auto slot = pool.acquire(image);
    REQUIRE(slot->memory(0).grow(test::pages(2)));
    test::write_pages(slot->memory(0).bytes(), 0, 6);
    {
        const test::failing<ps::os::make_inaccessible> refused(ENOMEM);
        slot.reset();
        CHECK(refused.failed() == 1);
    }
    CHECK(pool.observer().snapshot().remaps == 1);
    slot = pool.acquire(image);
    CHECK(test::equal(slot->memory(0).bytes(), test::pattern(test::pages(4))));
    CHECK_FALSE(test::accessible(slot->memory(0).data() + test::pages(4)));
}

namespace {

/// A kernel that opens half of what it is asked to, and then says that it failed: what mprotect
/// does if a range has several mappings and there is no room for one more. Closing fails too.
struct half_opening_system {
    using role = ps::roles::system;
    static inline bool failing = false;

    template <ps::os::Call Which, class... Arguments>
    auto operator()(Which call, Arguments&&... arguments) const noexcept {
        return ps::os::direct_system{}(call, std::forward<Arguments>(arguments)...);
    }
    ps::os::status operator()(ps::os::make_accessible open,
                              ps::os::address_range range) const noexcept {
        if (!failing) return open(range);
        (void)open({range.begin, range.begin + ps::os::round_down_to_page(range.size() / 2)});
        return {{}, ENOMEM};
    }
    ps::os::status operator()(ps::os::make_inaccessible close,
                              ps::os::address_range range) const noexcept {
        return failing ? ps::os::status{{}, ENOMEM} : close(range);
    }
};

}  // namespace

TEST_CASE("what a growth that failed has opened all the same is clean for the next instance") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    ps::instance_pool<half_opening_system, ps::observe::counters> pool(one_slot());
    const auto image = make_image();
    {
        const auto slot = pool.acquire(image);
        half_opening_system::failing = true;
        CHECK_FALSE(slot->memory(0).grow(test::pages(8)));
        half_opening_system::failing = false;
        // The guard has a hole: this does not fault.
        REQUIRE(test::accessible(slot->memory(0).data() + test::pages(5)));
        slot->memory(0).data()[test::pages(5)] = std::byte{66};
    }
    const auto slot = pool.acquire(image);
    CHECK_FALSE(test::accessible(slot->memory(0).data() + test::pages(5)));
    REQUIRE(slot->memory(0).grow(test::pages(8)));
    CHECK(slot->memory(0).bytes()[test::pages(5)] == std::byte{0});
    CHECK(pool.observer().snapshot().remaps == 1);
}
