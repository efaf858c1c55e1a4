// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/os/page_faults.hpp>

#include <catch2/catch.hpp>

#include "support/faults.hpp"
#include "support/other_thread.hpp"
#include "support/pages.hpp"
#include "support/scratch_memory.hpp"

namespace os = palimpsest::os;
namespace test = palimpsest::test;

TEST_CASE("a first write is a page fault of the thread that makes it") {
    CHECK(test::least_faults([] {
              const test::scratch_memory memory(8);
              test::write_pages(memory.bytes(), 0, 8);
          }) >= 8);
}

TEST_CASE("writing to a resident page again is no page fault") {
    const test::scratch_memory memory(8);
    test::write_pages(memory.bytes(), 0, 8);
    CHECK(test::least_faults([&] { test::write_pages(memory.bytes(), 0, 8); }) == 0);
}

TEST_CASE("a first write by another thread is no page fault of this one") {
    const test::scratch_memory memory(100);
    test::other_thread other;
    std::size_t page = 0;
    CHECK(test::least_faults(
              [&] { other.run([&] { test::write_pages(memory.bytes(), page++, 1); }); }) == 0);
}
