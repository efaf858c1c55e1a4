// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/vectored_decommit.hpp>

#include <catch2/catch.hpp>

#include <array>

#include "support/pages.hpp"
#include "support/scratch_memory.hpp"
#include "support/skip.hpp"

namespace os = palimpsest::os;
namespace test = palimpsest::test;

TEST_CASE("one call decommits many ranges, and nothing between them") {
    const test::scratch_memory memory(8);
    test::write_pages(memory.bytes(), 0, 8);
    const os::descriptor process(os::open_own_process{}().value);
    const std::array<iovec, 2> ranges{iovec{memory.page(1).data(), os::page_size},
                                      iovec{memory.page(4).data(), 2 * os::page_size}};

    const auto advised = os::vectored_decommit{}(process.get(), ranges);
    PALIMPSEST_SKIP_UNLESS(advised, "this kernel decommits no vector of ranges (Linux 6.13)");
    CHECK(advised.value == 3 * os::page_size);
    for (std::size_t page = 0; page < 8; ++page) {
        const bool decommitted = page == 1 || page == 4 || page == 5;
        CAPTURE(page);
        CHECK((memory.bytes()[test::pages(page)] == std::byte{0}) == decommitted);
    }
}
