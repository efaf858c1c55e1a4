// SPDX-License-Identifier: Apache-2.0
// A growth that the kernel refuses halfway: mprotect over several mappings opens the first and
// fails at the next, and until the pool closes it again another thread of the guest can store
// there.

#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>
#include <tuple>

#include "support/accessible.hpp"
#include "support/failing_system.hpp"
#include "support/kernel.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace os = palimpsest::os;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

/// While `refuses` is set, opens half of what should be made accessible, has a guest store there,
/// and fails.
struct half_way_system : test::failing_system {
    static inline bool refuses = false;

    using test::failing_system::operator();

    os::status operator()(os::make_accessible call, os::address_range range) const noexcept {
        if (!refuses) return test::failing_system::operator()(call, range);
        const auto half = os::round_up_to_page(range.begin + range.size() / 2);
        (void)call({range.begin, half});
        for (auto page = range.begin; page < half; page += os::page_size)
            *reinterpret_cast<volatile std::byte*>(page) = std::byte{0x66};
        return {{}, ENOMEM};
    }
};

template <class... Policies>
using pool_of = ps::instance_pool<half_way_system, ps::observe::counters, Policies...>;

ps::pool_limits one_slot() { return {.slots = 1, .memory = {.maximum = 128_KiB, .guard = 64_KiB}}; }

/// Checks that the memory cannot grow by `pages` pages, half of which are stored to.
template <class Slot>
bool is_refused(const Slot& slot, std::size_t pages) {
    half_way_system::refuses = true;
    const bool refused = !slot.memory(0).grow(test::pages(pages));
    half_way_system::refuses = false;
    return refused;
}

ps::image make_image() { return ps::image::from_bytes(test::pattern(test::pages(4))); }

/// Whether the memory holds its image and then zeros, as far as it goes.
bool is_clean(std::span<const std::byte> memory) {
    return test::equal(memory.first(test::pages(4)), test::pattern(test::pages(4))) &&
           test::is_zero(memory.subspan(test::pages(4)));
}

using compositions = std::tuple<
    pool_of<>, pool_of<ps::reset::decommit>, pool_of<ps::reset::batched<4>>,
    pool_of<ps::reset::remap>, pool_of<ps::growth::high_water>, pool_of<ps::dirty::everything>,
    pool_of<ps::dirty::reported>, pool_of<ps::dirty::write_protect>, pool_of<ps::dirty::adaptive<>>,
    pool_of<ps::dirty::fault_gate<ps::dirty::pagemap_scan, false>>,
    pool_of<ps::dirty::fault_gate<ps::dirty::adaptive<>, false>>,
    pool_of<ps::growth::high_water, ps::dirty::fault_gate<ps::dirty::write_protect, false>>>;

}  // namespace

TEMPLATE_LIST_TEST_CASE("a growth that is refused half way leaves nothing for the next tenant", "",
                        compositions) {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    TestType pool(one_slot());
    const auto image = make_image();
    for (int tenant = 0; tenant < 3; ++tenant) {
        const auto slot = pool.acquire(image);
        REQUIRE(is_refused(*slot, 12));
        CHECK(slot->memory(0).size() == test::pages(4));
        CHECK_FALSE(test::accessible(slot->memory(0).data() + test::pages(4)));
    }
    const auto slot = pool.acquire(image);
    REQUIRE(slot->memory(0).grow(test::pages(28)));
    CHECK(is_clean(slot->memory(0).bytes()));
    CHECK(pool.observer().snapshot().quarantined == 0);
}

TEMPLATE_LIST_TEST_CASE("a growth that is refused half way leaves nothing for a later growth", "",
                        compositions) {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    TestType pool(one_slot());
    const auto image = make_image();
    for (int tenant = 0; tenant < 2; ++tenant) {
        const auto slot = pool.acquire(image);
        const auto memory = slot->memory(0);
        REQUIRE(memory.grow(test::pages(2)));
        // With growth::high_water the second tenant grows without a call that could be refused.
        if (!test::accessible(memory.data() + test::pages(6))) {
            REQUIRE(is_refused(*slot, 12));
            REQUIRE(is_refused(*slot, 4));
        }
        REQUIRE(memory.grow(test::pages(26)) == test::pages(6));
        CHECK(is_clean(memory.bytes()));
        test::write_pages(memory.bytes(), 0, 32);
    }
    CHECK(is_clean(pool.acquire(image)->memory(0).bytes()));
}

TEMPLATE_LIST_TEST_CASE(
    "a growth that is refused half way is undone before the slot is reset in place", "",
    compositions) {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    TestType pool(one_slot());
    const auto slot = pool.acquire(make_image());
    REQUIRE(is_refused(*slot, 12));
    REQUIRE(slot->reset());
    REQUIRE(slot->memory(0).grow(test::pages(28)));
    CHECK(is_clean(slot->memory(0).bytes()));
}

TEMPLATE_LIST_TEST_CASE("a slot in which a refused growth cannot be undone is mapped anew", "",
                        compositions) {
    PALIMPSEST_NEEDS(ps::dirty::write_protect);
    TestType pool(one_slot());
    const auto image = make_image();
    const bool stays_open = GENERATE(false, true);
    CAPTURE(stays_open);
    {
        const auto slot = pool.acquire(image);
        {
            const test::failing<os::make_inaccessible> open(ENOMEM, 1, stays_open ? 1 : 0);
            const test::failing<os::decommit> resident(ENOMEM, 1, stays_open ? 0 : 1);
            REQUIRE(is_refused(*slot, 12));
        }
        CHECK_FALSE(slot->memory(0).grow(test::pages(1)));
    }
    CHECK(pool.observer().snapshot().remaps == 1);
    const auto slot = pool.acquire(image);
    CHECK_FALSE(test::accessible(slot->memory(0).data() + test::pages(4)));
    REQUIRE(slot->memory(0).grow(test::pages(28)));
    CHECK(is_clean(slot->memory(0).bytes()));
}
