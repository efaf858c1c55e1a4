#include <palimpsest/pool/layout.hpp>

#include <catch2/catch.hpp>

#include "support/pages.hpp"
#include "support/thrown.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

namespace {

ps::pool_limits limits() {
    return {.slots = 3,
            .memories = 2,
            .memory = {.maximum = 1_MiB, .guard = 256_KiB, .guard_before = 64_KiB},
            .tables = 2,
            .table_elements = 1000,
            .table_element_bytes = 16,
            .state = 100};
}

std::string refusal(const ps::pool_limits& of) {
    return test::text_of<std::invalid_argument>([&] { const ps::slot_layout layout(of); });
}

}  // namespace

TEST_CASE("state, tables and memories of a slot follow each other, each memory with its guards") {
    const ps::slot_layout layout(limits());
    CHECK(layout.entities() == 5);
    CHECK(layout.state_bytes() == test::pages(1));
    CHECK(layout.table_bytes() == 16'384);
    CHECK(layout.table_offset(1) == test::pages(1) + 16'384);
    CHECK(layout.small_entities_end() == test::pages(1) + 2 * 16'384);
    CHECK(layout.memory_offset(0) == layout.small_entities_end() + 64_KiB);
    CHECK(layout.memory_offset(1) == layout.memory_offset(0) + 1_MiB + 256_KiB + 64_KiB);
    CHECK(layout.slot_bytes() == layout.memory_offset(1) + 1_MiB + 256_KiB);
    CHECK(layout.pool_bytes() == 3 * layout.slot_bytes() + 64_KiB);
    CHECK(layout.writable_bytes() == layout.small_entities_end() + 2_MiB);
}

TEST_CASE("the entity at an offset is the one whose range holds it") {
    const ps::slot_layout layout(limits());
    for (std::size_t index = 0; index < layout.entities(); ++index) {
        const auto range = layout.entity(index);
        CHECK(layout.entity_at(range.begin) == index);
        CHECK(layout.entity_at(range.end - 1) == index);
    }
}

TEST_CASE("small entities are scanned with the first memory unless its guard is long") {
    auto of = limits();
    CHECK(ps::slot_layout(of).scans_small_entities_with_memory());
    of.memory.guard_before = 4_MiB;
    CHECK(ps::slot_layout(of).scans_small_entities_with_memory());
    of.memory.guard_before = 4_MiB + 1;
    CHECK_FALSE(ps::slot_layout(of).scans_small_entities_with_memory());
    of = limits();
    of.memories = 0;
    CHECK_FALSE(ps::slot_layout(of).scans_small_entities_with_memory());
}

TEST_CASE("limits that are absurd are refused, with the limit that is to blame") {
    auto of = limits();
    SECTION("no slots") {
        of.slots = 0;
        CHECK(refusal(of).find("slots is 0") != std::string::npos);
    }
    SECTION("nothing to hold") {
        of.state = of.tables = of.memories = 0;
        CHECK(refusal(of).find("nothing to hold") != std::string::npos);
    }
    SECTION("a memory beyond any address space") {
        of.memory.maximum = ~std::size_t{0};
        CHECK(refusal(of).find("memory.maximum makes the pool larger") != std::string::npos);
    }
    SECTION("a product that does not fit into a number") {
        of.table_elements = of.table_element_bytes = std::size_t{1} << 33U;
        CHECK(refusal(of).find("table_elements") != std::string::npos);
    }
    SECTION("too many slots") {
        of.slots = std::size_t{1} << 40U;
        CHECK(refusal(of).find("slots is 1099511627776, and at most 16777216") != std::string::npos);
    }
    SECTION("too many memories") {
        of.memories = std::size_t{1} << 40U;
        CHECK(refusal(of).find("memories is 1099511627776, and at most 65536") != std::string::npos);
    }
}

TEST_CASE("the dominant limit is the one that takes most of a slot") {
    auto of = limits();
    CHECK(ps::slot_layout(of).dominant_limit() == "memory.maximum (2097152 bytes of each slot)");
    of.memory.guard = 2_GiB;
    CHECK(ps::slot_layout(of).dominant_limit() == "memory.guard (4294967296 bytes of each slot)");
    of.table_elements = 1'000'000'000;
    CHECK(ps::slot_layout(of).dominant_limit().find("table_elements") == 0);
    of.state = 100_GiB;
    CHECK(ps::slot_layout(of).dominant_limit().find("state") == 0);
    of.memory.guard_before = 100_GiB;
    CHECK(ps::slot_layout(of).dominant_limit().find("memory.guard_before") == 0);
}
