// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/pagemap.hpp>
#include <palimpsest/os/soft_dirty.hpp>

#include <catch2/catch.hpp>

#include <array>

#include "support/kernel.hpp"
#include "support/pages.hpp"
#include "support/scratch_memory.hpp"

namespace os = palimpsest::os;
namespace test = palimpsest::test;

TEST_CASE("the soft-dirty bit is gone after clearing, until the page is written") {
    PALIMPSEST_NEEDS(palimpsest::dirty::soft_dirty);
    const test::scratch_memory memory(2);
    test::write_pages(memory.bytes(), 0, 2);
    const os::descriptor clear_refs(os::open_clear_refs{}().value);
    const os::descriptor pagemap(os::open_pagemap{}().value);
    REQUIRE(os::clear_soft_dirty{}(clear_refs.get()));
    test::write_pages(memory.bytes(), 1, 1);

    std::array<os::pagemap_word, 2> words;
    REQUIRE(os::read_pagemap{}(pagemap.get(), memory.range().begin, words));
    CHECK_FALSE(words[0].soft_dirty());
    CHECK(words[1].soft_dirty());
}
