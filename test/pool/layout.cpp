// SPDX-License-Identifier: Apache-2.0
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
        CHECK(refusal(of).find("slots is 1099511627776, and at most 16777216") !=
              std::string::npos);
    }
    SECTION("too many memories") {
        of.memories = std::size_t{1} << 40U;
        CHECK(refusal(of).find("memories is 1099511627776, and at most 65536") !=
              std::string::npos);
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

namespace {

struct absurd_limit {
    const char* name;
    std::size_t& (*of)(ps::pool_limits&);
    std::size_t possible;  // about the most that the limit alone may be
};

const absurd_limit all_limits[] = {
    {"slots", [](auto& of) -> auto& { return of.slots; }, std::size_t{1} << 24U},
    {"tables", [](auto& of) -> auto& { return of.tables; }, std::size_t{1} << 16U},
    {"memories", [](auto& of) -> auto& { return of.memories; }, std::size_t{1} << 16U},
    {"state", [](auto& of) -> auto& { return of.state; }, std::size_t{1} << 47U},
    {"table_elements", [](auto& of) -> auto& { return of.table_elements; }, std::size_t{1} << 47U},
    {"table_element_bytes", [](auto& of) -> auto& { return of.table_element_bytes; },
     std::size_t{1} << 47U},
    {"memory.maximum", [](auto& of) -> auto& { return of.memory.maximum; }, std::size_t{1} << 47U},
    {"memory.guard", [](auto& of) -> auto& { return of.memory.guard; }, std::size_t{1} << 47U},
    {"memory.guard_before", [](auto& of) -> auto& { return of.memory.guard_before; },
     std::size_t{1} << 47U},
};

void check_says(const std::string& text, const std::string& part) {
    INFO(text);
    INFO(part);
    CHECK(text.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("a limit that is absurd by itself is named with its value, whatever the others are") {
    for (const auto& absurd : all_limits)
        for (const std::size_t value :
             {absurd.possible + 1, std::size_t{1} << 60U, std::size_t{1} << 63U, ~std::size_t{0},
              ~std::size_t{0} - 4'095})
            for (const std::size_t others : {0U, 1U, 2U, 1'000U}) {
                ps::pool_limits of;
                for (const auto& other : all_limits) other.of(of) = others;
                of.slots = others == 0 ? 1 : others;
                absurd.of(of) = value;
                const auto text = refusal(of);
                check_says(text, std::string("pool_limits: ") + absurd.name + " ");
                check_says(text, "is " + std::to_string(value));
                check_says(text, "lower it");
            }
}

TEST_CASE("limits that are absurd together are named together, with what takes the most") {
    constexpr auto two_to = [](unsigned power) { return std::size_t{1} << power; };
    ps::pool_limits of{.slots = 1, .memory = {.maximum = 64_KiB, .guard = 0, .guard_before = 0}};
    SECTION("the elements of a table") {
        for (const unsigned power : {1U, 20U, 24U, 30U, 46U}) {
            of.table_elements = two_to(power);
            of.table_element_bytes = two_to(48 - power);
            check_says(refusal(of), "table_elements (" + std::to_string(two_to(power)) + ")");
            check_says(refusal(of),
                       "table_element_bytes (" + std::to_string(two_to(48 - power)) + ")");
        }
    }
    SECTION("tables") {
        of.tables = 65'536;
        of.table_elements = two_to(40);
        of.table_element_bytes = 64;
        check_says(refusal(of), "most of it for table_elements");
        check_says(refusal(of), "tables 65536");
    }
    SECTION("memories") {
        of.memories = 65'536;
        of.memory.guard = two_to(47);
        check_says(refusal(of), "most of it for memory.guard");
        check_says(refusal(of), "memories 65536");
    }
    SECTION("parts of a slot that are possible by themselves") {
        of.state = two_to(46);
        of.memory = {.maximum = two_to(46), .guard = two_to(46), .guard_before = two_to(45)};
        check_says(refusal(of), "a slot is larger");
        check_says(refusal(of), "lower one of these");
    }
    SECTION("slots, most of each for a guard") {
        of.slots = 1'000;
        of.memory.guard = two_to(46);
        check_says(refusal(of), "slots is 1000");
        check_says(refusal(of), "most of a slot is for memory.guard (70368744177664 bytes");
    }
    SECTION("a slot as large as everything, and a guard before") {
        of.memory = {.maximum = two_to(46), .guard = 0, .guard_before = two_to(46)};
        check_says(refusal(of), "slots is 1,");
    }
}

TEST_CASE("limits as large as an address space are no error") {
    ps::pool_limits of{
        .slots = 1,
        .memory = {.maximum = (std::size_t{1} << 47U) - 64_KiB, .guard = 0, .guard_before = 0}};
    CHECK(ps::slot_layout(of).pool_bytes() == of.memory.maximum);
    of = {.slots = 1U << 24U, .memories = 0, .state = 4_KiB};
    CHECK(ps::slot_layout(of).pool_bytes() == (std::size_t{4_KiB} << 24U) + 64_KiB);
}
