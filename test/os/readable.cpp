// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/os/guard_marker.hpp>
#include <palimpsest/os/readable.hpp>

#include <catch2/catch.hpp>

#include "support/pages.hpp"
#include "support/scratch_memory.hpp"
#include "support/skip.hpp"

namespace os = palimpsest::os;
namespace test = palimpsest::test;

TEST_CASE("pages are told to be readable unless one of them is a guard") {
    const test::scratch_memory memory(4);
    test::write_pages(memory.bytes(), 0, 2);
    PALIMPSEST_SKIP_UNLESS(os::populate_readable{}(memory.range()).error != EINVAL,
                           "this kernel cannot populate pages (Linux 5.14)");
    CHECK(os::populate_readable{}(memory.range()));
    CHECK(memory.bytes()[0] == std::byte{0xa5});
    PALIMPSEST_SKIP_UNLESS(os::install_guards{}(memory.page(2)),
                           "this kernel has no guard markers (Linux 6.13)");
    CHECK(os::populate_readable{}(memory.range()).error == EFAULT);
    CHECK(os::populate_readable{}(memory.page(1)));
    CHECK(os::populate_readable{}(memory.page(2)).error == EFAULT);
}
