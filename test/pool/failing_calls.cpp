// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool.hpp>

#include <catch2/catch.hpp>

#include "support/failing_system.hpp"
#include "support/kernel.hpp"
#include "support/pages.hpp"
#include "support/thrown.hpp"

namespace ps = palimpsest;
namespace os = palimpsest::os;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

using pool_type = ps::instance_pool<ps::budget::per_instance<32_KiB>, ps::observe::counters,
                                    test::failing_system>;
using slot_type = pool_type::slot;

ps::pool_limits one_slot() {
    return {.slots = 1,
            .memory = {.maximum = 1_MiB, .guard = 64_KiB},
            .tables = 1,
            .table_elements = 512,
            .state = 4_KiB};
}

/// State, a table and a memory of 60 pages, in four parts that are mapped one by one.
ps::image make_image() {
    const auto bytes = test::pattern(test::pages(20));
    const std::span all(bytes);
    const ps::segment memory[] = {{0, all}, {test::pages(50), all.first(100)}};
    ps::image::builder builder;
    builder.state(all.first(100)).table(0, all.first(100)).memory(0, memory, test::pages(60));
    return builder.build();
}

bool holds(std::span<const std::byte> bytes, std::span<const ps::entity_contents> all) {
    std::vector<std::byte> wanted(bytes.size());
    if (!all.empty())
        for (const auto& run : all[0].runs())
            std::copy_n(run.source, run.end - run.offset, &wanted[run.offset]);
    return test::equal(bytes, wanted);
}
bool holds(const slot_type& slot, const ps::image& image) {
    return holds(slot.state().bytes(), {&image.state(), 1}) &&
           holds(slot.table(0).bytes(), image.tables()) &&
           holds(slot.memory(0).bytes(), image.memories());
}

/// A process that may have `most` mappings.
struct few_mappings {
    using role = ps::roles::system;
    static inline std::size_t most = 0;

    template <os::Call Which, class... Arguments>
    auto operator()(Which call, Arguments&&... arguments) const noexcept {
        return os::direct_system{}(call, std::forward<Arguments>(arguments)...);
    }
    os::outcome<std::size_t> operator()(os::most_mappings) const noexcept { return {most, 0}; }
};

void write_all(const slot_type& slot) {
    for (const auto bytes : {slot.state().bytes(), slot.table(0).bytes(), slot.memory(0).bytes()})
        std::fill(bytes.begin(), bytes.end(), std::byte{0xee});
}

}  // namespace

TEST_CASE("a reset whose scan fails decommits the slot, and is counted") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = make_image();
    auto slot = pool.acquire(image);
    write_all(*slot);
    {
        const test::failing<os::scan_pagemap> refused(EFAULT);
        slot.reset();
        CHECK(refused.failed() == 1);
    }
    const auto counted = pool.observer().snapshot();
    CHECK(counted.degraded == 1);
    CHECK(counted.bytes_decommitted >= test::pages(22));
    CHECK(counted.remaps == 0);
    CHECK(holds(*pool.acquire(image), image));
    CHECK(pool.observer().snapshot().acquired_warm == 1);
}

TEST_CASE("a reset whose decommit fails as well maps the slot anew") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = make_image();
    auto slot = pool.acquire(image);
    write_all(*slot);
    SECTION("when the scan failed before") {
        const test::failing<os::scan_pagemap> no_scan(EFAULT);
        const test::failing<os::decommit> refused(EINVAL);
        slot.reset();
        CHECK(refused.failed() == 1);
    }
    SECTION("when the pages above the budget cannot be given back") {
        const test::failing<os::decommit> refused(EINVAL);
        slot.reset();
        CHECK(refused.failed() == 2);
    }
    const auto counted = pool.observer().snapshot();
    CHECK(counted.degraded == 2);
    CHECK(counted.remaps == 1);
    CHECK(counted.quarantined == 0);
    CHECK(counted.resets == 1);
    CHECK(holds(*pool.acquire(image), image));
}

TEST_CASE("a slot that cannot be reset by any means is not handed out before it can be emptied") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    auto limits = one_slot();
    limits.slots = 2;
    pool_type pool(limits);
    const auto image = make_image();
    auto slot = pool.acquire(image);
    const auto index = slot->index();
    write_all(*slot);
    std::optional<slot_type> other;
    {
        const test::failing<os::scan_pagemap> no_scan(EFAULT);
        const test::failing<os::decommit> no_decommit(EINVAL);
        const test::failing<os::map_inaccessible> no_map(ENOMEM);
        slot.reset();
        const auto counted = pool.observer().snapshot();
        CHECK(counted.degraded == 3);
        CHECK(counted.quarantined == 1);
        CHECK(counted.resets == 0);
        other = pool.acquire(image);
        REQUIRE(other);
        CHECK(other->index() != index);
        CHECK_FALSE(pool.acquire(image));
        CHECK(pool.recover() == 0);
    }
    SECTION("acquire empties it when there is no other") {}
    SECTION("the embedder has it emptied") { CHECK(pool.recover() == 1); }
    slot = pool.acquire(image);
    REQUIRE(slot);
    CHECK(slot->index() == index);
    CHECK(holds(*slot, image));
    CHECK(pool.observer().snapshot().recovered == 1);
    CHECK(pool.observer().snapshot().exhausted == 1);
    CHECK(pool.recover() == 0);
}

TEST_CASE("whichever call of a remap fails, the slot is emptied and the release returns") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    auto slot = pool.acquire(make_image());
    write_all(*slot);
    const test::failing<os::scan_pagemap> no_scan(EFAULT);
    const test::failing<os::decommit> no_decommit(EINVAL);
    SECTION("making the state accessible") {
        const test::failing<os::make_accessible> refused(ENOMEM, 1, 1);
        slot.reset();
    }
    SECTION("making the memory accessible") {
        const test::failing<os::make_accessible> refused(ENOMEM, 2, 1);
        slot.reset();
    }
    SECTION("mapping the last of the image") {
        const test::failing<os::map_copy_on_write> refused(ENOMEM, 4, 1);
        slot.reset();
    }
    SECTION("refusing huge pages") {
        const test::failing<os::refuse_merging> refused(ENOMEM, 1, 1);
        slot.reset();
    }
    CHECK(pool.observer().snapshot().quarantined == 0);
    CHECK(pool.observer().snapshot().resets == 1);
    const auto image = make_image();
    CHECK(holds(*pool.acquire(image), image));
}

TEST_CASE("an acquire whose image cannot be mapped says so, and the slot can be had again") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = make_image();
    const auto acquire = [&] { (void)pool.acquire(image); };
    std::string text;
    SECTION("at the first of its parts") {
        const test::failing<os::map_copy_on_write> refused(ENOMEM, 1, 1);
        text = test::text_of<std::system_error>(acquire);
    }
    SECTION("at the last of its parts") {
        const test::failing<os::map_copy_on_write> refused(ENOMEM, 4, 1);
        text = test::text_of<std::system_error>(acquire);
    }
    CHECK(text.find("mmap(") != std::string::npos);
    CHECK(text.find("vm.max_map_count") != std::string::npos);
    CHECK(holds(*pool.acquire(image), image));
    CHECK(pool.observer().snapshot().acquired_cold == 1);
}

TEST_CASE("nothing of an image that could be mapped in part only is left for the next image") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const bool used_before = GENERATE(false, true);
    if (used_before) (void)pool.acquire(ps::image::zeroed(test::pages(1)));
    const bool last_part = GENERATE(false, true);
    CAPTURE(used_before, last_part);
    const auto text = test::text_of<std::system_error>([&] {
        const test::failing<os::map_copy_on_write> one(ENOMEM, 4, last_part ? 0 : 1);
        const test::failing<os::refuse_merging> other(ENOMEM, 1, last_part ? 1 : 0);
        (void)pool.acquire(make_image());
    });
    REQUIRE_FALSE(text.empty());
    const auto zeros = ps::image::zeroed(test::pages(55));
    CHECK(holds(*pool.acquire(zeros), zeros));
}

TEST_CASE("a slot that cannot even be emptied after a failed acquire is quarantined") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    {
        const test::failing<os::map_copy_on_write> refused(ENOMEM);
        const test::failing<os::map_inaccessible> not_emptied(ENOMEM);
        const test::failing<os::decommit> not_given_back(EINVAL);
        CHECK_THROWS_AS(pool.acquire(make_image()), std::system_error);
        CHECK(pool.observer().snapshot().quarantined == 1);
        CHECK_FALSE(pool.acquire(make_image()));
    }
    CHECK(pool.recover() == 1);
    const auto image = make_image();
    CHECK(holds(*pool.acquire(image), image));
}

TEST_CASE("a slot whose mapping is refused before anything was changed stays as it was") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = make_image();
    test::write_pages(pool.acquire(image)->memory(0).bytes(), 0, 4);
    const auto before = pool.observer().snapshot();
    for (int attempt = 0; attempt < 3; ++attempt) {
        const test::failing<os::map_inaccessible> refused(ENOMEM);
        CHECK_THROWS_AS(pool.acquire(ps::image::zeroed(test::pages(9))), std::system_error);
    }
    const auto slot = pool.acquire(image);
    REQUIRE(slot);
    CHECK(holds(*slot, image));
    const auto after = pool.observer().snapshot();
    CHECK(after.acquired_warm == before.acquired_warm + 1);
    CHECK(after.bytes_decommitted == before.bytes_decommitted);
    CHECK(after.quarantined == 0);
}

TEST_CASE("however often mappings are refused, no slot is lost") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    auto limits = one_slot();
    limits.slots = 10;
    pool_type pool(limits);
    const auto image = make_image();
    const auto other = ps::image::zeroed(test::pages(9));
    const auto take_all = [&](const ps::image& start) {
        std::vector<slot_type> all;
        while (auto slot = pool.acquire(start)) {
            CHECK(holds(*slot, start));
            write_all(*slot);
            all.push_back(std::move(*slot));
        }
        return all.size();
    };
    REQUIRE(take_all(image) == 10);
    const test::failing<os::decommit> not_given_back(EINVAL);
    for (std::size_t attempt = 0; attempt < 20; ++attempt) {
        const test::failing<os::map_inaccessible> not_emptied(ENOMEM, attempt % 3 + 1);
        const test::failing<os::map_copy_on_write> refused(ENOMEM, attempt % 5 + 1);
        try {
            (void)pool.acquire(attempt % 2 == 0 ? other : image);
        } catch (const std::system_error&) {
            continue;
        }
    }
    CHECK(take_all(other) == 10);
    const auto counted = pool.observer().snapshot();
    CHECK(counted.recovered == counted.quarantined);
}

TEST_CASE(
    "an acquire that is refused names the mappings of the process, their limit and the setting") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = make_image();
    const auto text_of_refusal = [&] {
        const test::failing<os::map_copy_on_write> refused(ENOMEM);
        return test::text_of<std::system_error>([&] { (void)pool.acquire(image); });
    };
    const auto mappings = os::count_mappings{}().value;
    const auto most = std::to_string(os::most_mappings{}().value);
    const auto text = text_of_refusal();
    CAPTURE(text, mappings);
    const std::string before_count = "the process has ";
    const auto at = text.find(before_count);
    REQUIRE(at != std::string::npos);
    const auto told = std::stoul(text.substr(at + before_count.size()));
    CHECK(told + 20 >= mappings);
    CHECK(told <= mappings + 20);
    CHECK_THAT(text, Catch::Contains("vm.max_map_count is " + most));
    CHECK_THAT(text, Catch::Contains("sysctl -w vm.max_map_count="));

    const test::failing<os::most_mappings> no_setting(ENOENT);
    CHECK_THAT(text_of_refusal(), Catch::Contains("vm.max_map_count is not known"));
}

TEST_CASE("an image of more parts than the process has mappings left is refused at once") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    constexpr std::size_t parts = 33'000;
    ps::instance_pool<ps::observe::counters> pool(
        {.slots = 1, .memory = {.maximum = 32 * test::pages(parts), .guard = 64_KiB}});
    const auto page = test::pattern(test::pages(1));
    std::vector<ps::segment> segments;
    for (std::size_t part = 0; part < parts; ++part)
        segments.push_back({32 * test::pages(part), page});
    const auto sparse = ps::image::from_segments(segments, 32 * test::pages(parts));
    PALIMPSEST_SKIP_UNLESS(sparse.mappings() > os::most_mappings{}().value,
                           "vm.max_map_count was raised, or parts were joined");

    const auto small = ps::image::from_bytes(page);
    (void)pool.acquire(small);
    const auto calls = pool.observer().snapshot().system_calls;
    const auto text = test::text_of<std::system_error>([&] { (void)pool.acquire(sparse); });
    CHECK_THAT(text, Catch::Contains(std::to_string(sparse.mappings())));
    CHECK_THAT(text, Catch::Contains("vm.max_map_count"));
    CHECK(pool.observer().snapshot().system_calls < calls + 10);
    CHECK(test::equal(pool.acquire(small)->memory(0).bytes(), page));
    CHECK(pool.observer().snapshot().acquired_warm == 1);
}

TEST_CASE("a pool that finds no address space says what it asked for, why, and what would fit") {
    using plain_pool = ps::instance_pool<ps::reset::decommit, test::failing_system>;
    const ps::pool_limits limits{.slots = 100, .memory = {.maximum = 1_MiB, .guard = 2_GiB}};
    const auto asked = plain_pool::footprint(limits).reserved;
    const test::failing<os::reserve> refused(ENOMEM, 1, 1);
    const auto text = test::text_of<std::system_error>([&] { const plain_pool pool(limits); });
    CAPTURE(text);
    CHECK(text.find(std::to_string(asked) + " bytes of address space") != std::string::npos);
    CHECK(text.find("100 slots of") != std::string::npos);
    CHECK(text.find("most of it for memory.guard (2147483648 bytes") != std::string::npos);
    CHECK(text.find("; 99 slots would fit: lower slots or that limit") != std::string::npos);
}

TEST_CASE("where not one slot would fit, the error says what else may be short") {
    using plain_pool = ps::instance_pool<ps::reset::decommit, test::failing_system>;
    const test::failing<os::reserve> refused(ENOMEM);
    const auto text = test::text_of<std::system_error>(
        [] { const plain_pool pool({.slots = 100, .memory = {.maximum = 1_MiB}}); });
    CAPTURE(text);
    CHECK(text.find("not one slot would fit") != std::string::npos);
    CHECK(text.find("vm.max_map_count") != std::string::npos);
}

TEST_CASE("a pool as large as the address space does not fit into it") {
    using plain_pool = ps::instance_pool<ps::reset::decommit, test::failing_system>;
    const auto text = test::text_of<std::system_error>([] {
        const plain_pool pool(
            {.slots = 16'383, .memory = {.maximum = 8_GiB, .guard = 0, .guard_before = 0}});
    });
    CAPTURE(text);
    CHECK(text.find("most of it for memory.maximum") != std::string::npos);
    CHECK(text.find("slots would fit") != std::string::npos);
    CHECK(text.find("; 0 slots would fit") == std::string::npos);
}

TEST_CASE("a process without file descriptors is told so, and not that its kernel is too old") {
    using namespace ps::dirty;
    const auto refusal = [](auto policy) {
        using dirty = typename decltype(policy)::type;
        using starved = ps::instance_pool<dirty, test::failing_system>;
        const test::failing<os::open_pagemap> refused(EMFILE);
        return test::text_of<std::system_error>([] { starved pool(one_slot()); });
    };
    for (const auto& text :
         {refusal(std::type_identity<pagemap_scan>()),
          refusal(std::type_identity<first_supported<pagemap_scan, everything>>())}) {
        CHECK_THAT(text, Catch::Contains("file descriptors"));
        CHECK_THAT(text, Catch::Contains("Too many open files"));
    }
}

TEST_CASE("a slot that cannot be mapped anew is emptied, where its pages can be given back") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool(one_slot());
    const auto image = make_image();
    auto slot = pool.acquire(image);
    write_all(*slot);
    {
        const test::failing<os::scan_pagemap> no_scan(EFAULT);
        const test::failing<os::make_inaccessible> no_close(ENOMEM);
        const test::failing<os::decommit> no_decommit(EAGAIN, 1, 1);
        const test::failing<os::map_inaccessible> no_map(ENOMEM);
        slot.reset();
    }
    const auto counted = pool.observer().snapshot();
    CHECK(counted.quarantined == 0);
    CHECK(counted.resets == 1);
    const auto next = pool.acquire(image);
    REQUIRE(next);
    CHECK(holds(*next, image));
}

TEST_CASE("an acquire that finds nothing tries few slots in quarantine, each in its turn") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    auto limits = one_slot();
    limits.slots = 20;
    pool_type pool(limits);
    const auto image = make_image();
    {
        std::vector<std::optional<slot_type>> slots;
        for (std::size_t count = 0; count < limits.slots; ++count)
            slots.push_back(pool.acquire(image));
        const test::failing<os::scan_pagemap> no_scan(EFAULT);
        const test::failing<os::decommit> no_decommit(EINVAL);
        const test::failing<os::map_inaccessible> no_map(ENOMEM);
        slots.clear();
        CHECK(pool.observer().snapshot().quarantined == limits.slots);
        const auto tried = [&] {
            const auto before = no_map.made();
            CHECK_FALSE(pool.acquire(image));
            return no_map.made() - before;
        };
        CHECK(tried() <= 4);
        CHECK(tried() <= 4);
    }
    // Whichever of them can be emptied is found after as many tries as there are slots.
    const test::failing<os::decommit> no_decommit(EINVAL);
    const test::failing<os::map_inaccessible> but_the_last(ENOMEM, 1, limits.slots - 1);
    std::size_t tries = 1;
    for (; tries <= limits.slots && !pool.acquire(image); ++tries) {
    }
    CHECK(tries == limits.slots / 4);
}

TEST_CASE("two memories that fail to grow are both found out, whichever comes last") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    pool_type pool({.slots = 1, .memories = 2, .memory = {.maximum = 1_MiB, .guard = 64_KiB}});
    const auto image = ps::image::zeroed(64_KiB);
    {
        const auto slot = pool.acquire(image);
        {
            // Opened halfway, and impossible to close again: unusable until it is remapped.
            const test::failing<os::make_accessible> refused(ENOMEM);
            refused.half_way();
            const test::failing<os::make_inaccessible> not_closed(ENOMEM, 1, 1);
            CHECK_FALSE(slot->memory(0).grow(64_KiB));
            CHECK_FALSE(slot->memory(1).grow(64_KiB));
        }
        CHECK_FALSE(slot->memory(1).grow(64_KiB));
        CHECK_FALSE(slot->reset());
    }
    CHECK(pool.observer().snapshot().remaps == 1);
}

TEST_CASE("an image that takes the place of one with as many mappings is not refused for them") {
    auto parts = [](std::size_t shift) {
        std::vector<ps::segment> segments;
        static const auto bytes = test::pattern(100);
        // Too far apart to be joined.
        for (std::size_t part = 0; part < 1'200; ++part)
            segments.push_back({test::pages(shift + 64 * part), bytes});
        return ps::image::from_segments(segments, test::pages(64 * 1'200 + 64));
    };
    const auto one = parts(0);
    const auto other = parts(1);
    PALIMPSEST_SKIP_UNLESS(one.mappings() > os::mapping_counter::few, "parts were joined");
    ps::instance_pool<few_mappings> pool({.slots = 1, .memory = {.maximum = 512_MiB}});
    // Room for one of the two.
    few_mappings::most = os::count_mappings{}().value + one.mappings() + 50;
    for (int round = 0; round < 3; ++round) {
        CHECK(pool.acquire(one));
        CHECK(pool.acquire(other));
    }
    SECTION("nor is one in another pool, once the first pool is gone") {
        std::optional<ps::instance_pool<few_mappings>> first(
            std::in_place, ps::pool_limits{.slots = 1, .memory = {.maximum = 512_MiB}});
        few_mappings::most += one.mappings() + 50;
        CHECK(first->acquire(one));
        ps::instance_pool<few_mappings> second({.slots = 1, .memory = {.maximum = 512_MiB}});
        CHECK_THROWS_AS(second.acquire(one), std::system_error);
        first.reset();
        CHECK(second.acquire(one));
    }
}
