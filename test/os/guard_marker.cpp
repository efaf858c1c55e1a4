// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/os/guard_marker.hpp>
#include <palimpsest/os/mapping.hpp>

#include <catch2/catch.hpp>

#include "support/accessible.hpp"
#include "support/pages.hpp"
#include "support/scratch_memory.hpp"
#include "support/skip.hpp"

namespace os = palimpsest::os;
namespace test = palimpsest::test;

TEST_CASE("a guard stays when its page is given back, until it is removed") {
    const test::scratch_memory memory(4);
    test::write_pages(memory.bytes(), 0, 4);
    PALIMPSEST_SKIP_UNLESS(os::install_guards{}(memory.page(1)),
                           "this kernel has no guard markers (Linux 6.13)");
    CHECK(test::accessible(memory.page(0).data()));
    CHECK_FALSE(test::accessible(memory.page(1).data()));
    CHECK(test::accessible(memory.page(2).data()));
    REQUIRE(os::decommit{}(memory.page(1)));
    CHECK_FALSE(test::accessible(memory.page(1).data()));

    REQUIRE(os::remove_guards{}(memory.range()));
    CHECK(test::is_zero({memory.page(1).data(), os::page_size}));
    CHECK(memory.page(0).data()[0] == std::byte{0xa5});
}
