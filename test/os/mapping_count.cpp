// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/os/kernel_setting.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/mapping_count.hpp>

#include <catch2/catch.hpp>

#include <fstream>
#include <string>

#include "support/scratch_memory.hpp"

namespace os = palimpsest::os;
namespace test = palimpsest::test;

namespace {

std::size_t lines_of_maps() {
    std::ifstream maps("/proc/self/maps");
    std::size_t lines = 0;
    for (std::string line; std::getline(maps, line);) ++lines;
    return lines;
}

/// Makes every second page inaccessible, so that each page is its own mapping.
void split(const test::scratch_memory& memory) {
    for (std::size_t page = 0; page < memory.range().pages(); page += 2)
        REQUIRE(os::make_inaccessible{}(memory.page(page)));
}

/// Reports made-up counts, and counts how often it is asked.
struct told_system {
    os::outcome<std::size_t> answer{7, 0};
    int asked = 0;

    os::outcome<std::size_t> operator()(os::count_mappings) noexcept {
        ++asked;
        return answer;
    }
};

/// Takes a while for each count.
struct slow_system {
    int asked = 0;

    os::outcome<std::size_t> operator()(os::count_mappings) noexcept {
        ++asked;
        const timespec while_long{0, 100'000'000};
        ::nanosleep(&while_long, nullptr);
        return {100U + static_cast<unsigned>(asked), 0};
    }
};

}  // namespace

TEST_CASE("the mappings of the process are counted as /proc/self/maps lists them") {
    const test::scratch_memory memory(2'000);
    const auto before = os::count_mappings{}();
    REQUIRE(before);
    split(memory);
    const auto after = os::count_mappings{}();
    REQUIRE(after);
    CHECK(after.value >= before.value + 1'999);
    CHECK(after.value <= before.value + 2'001);
    const auto lines = lines_of_maps();
    CHECK(lines <= after.value + 2);
    CHECK(lines + 2 >= after.value);
}

TEST_CASE("the mappings that a process may have are those of the kernel's setting") {
    std::ifstream setting("/proc/sys/vm/max_map_count");
    std::size_t wanted = 0;
    setting >> wanted;
    const auto most = os::most_mappings{}();
    REQUIRE(most);
    CHECK(most.value == wanted);
}

TEST_CASE("a setting that is no number, or not there, is an error") {
    CHECK(os::read_setting{}("/proc/self/does_not_exist").error == ENOENT);
    CHECK(os::read_setting{}("/proc/sys/kernel/ostype").error == EINVAL);
}

TEST_CASE("a count that took long is not made again at once") {
    slow_system system;
    os::mapping_counter counter;
    for (int time = 0; time < 5; ++time) CHECK(counter.count(system).value == 101);
    CHECK(system.asked == 1);
}

TEST_CASE("a count that took no time is made anew") {
    told_system system;
    os::mapping_counter counter;
    CHECK(counter.count(system).value == 7);
    system.answer.value = 8;
    while (counter.count(system).value == 7) continue;
    CHECK(counter.count(system).value == 8);
    CHECK(system.asked >= 2);
}

TEST_CASE("a count that fails says so, and the next one is tried") {
    told_system system;
    system.answer = {0, EMFILE};
    os::mapping_counter counter;
    CHECK(counter.count(system).error == EMFILE);
    CHECK(counter.count(system).error == EMFILE);
    CHECK(system.asked == 2);
    system.answer = {9, 0};
    CHECK(counter.count(system).value == 9);
}
