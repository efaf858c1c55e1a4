// SPDX-License-Identifier: Apache-2.0
// Threads that read the size of a memory while another one grows it.

#include <catch2/catch.hpp>
#include <palimpsest/pool.hpp>

#include "support/crew.hpp"
#include "support/kernel.hpp"
#include "support/pages.hpp"

namespace ps = palimpsest;
namespace test = palimpsest::test;
using namespace ps::literals;

TEST_CASE("what a thread sees of a growing memory can be accessed, and holds zeros") {
    PALIMPSEST_NEEDS(ps::dirty::pagemap_scan);
    ps::instance_pool<> pool({.slots = 1, .memory = {.maximum = 1_MiB, .guard = 64_KiB}});
    const auto slot = pool.acquire(ps::image::zeroed(test::pages(1)));
    const auto memory = slot->memory(0);
    const auto look = [&]() -> std::string {
        std::size_t last = 0;
        while (last < memory.maximum()) {
            const auto size = memory.size();
            if (size < last) return "the memory became smaller";
            if (memory.data()[size - 1] != std::byte{0}) return "a byte that nobody wrote";
            last = size;
        }
        return {};
    };
    CHECK(test::run_crew(3, [&](std::size_t number) -> std::string {
              if (number != 0) return look();
              while (memory.size() < memory.maximum())
                  if (!memory.grow(test::pages(1))) return "the memory did not grow";
              return {};
          }) == "");
}
