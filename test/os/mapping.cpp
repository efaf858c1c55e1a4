// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/memory_file.hpp>

#include <catch2/catch.hpp>

#include "support/accessible.hpp"
#include "support/pages.hpp"
#include "support/scratch_memory.hpp"

namespace os = palimpsest::os;
namespace test = palimpsest::test;

namespace {

os::descriptor file_of(std::span<const std::byte> bytes) {
    os::descriptor file(os::create_memory_file{}("test").value);
    REQUIRE(os::write_file{}(file.get(), bytes, 0));
    return file;
}

}  // namespace

TEST_CASE("reserved address space cannot be accessed until it is made accessible") {
    const auto taken = os::reserve{}(test::pages(3));
    REQUIRE(taken);
    const os::mapping owner(taken.value);
    auto* const second = taken.value.data() + os::page_size;
    CHECK_FALSE(test::accessible(second));

    const auto begin = taken.value.begin + os::page_size;
    REQUIRE(os::make_accessible{}({begin, begin + os::page_size}));
    CHECK_FALSE(test::accessible(taken.value.data()));
    CHECK(test::accessible(second));
    CHECK_FALSE(test::accessible(second + os::page_size));

    *second = std::byte{1};
    REQUIRE(os::make_inaccessible{}({begin, begin + os::page_size}));
    CHECK_FALSE(test::accessible(second));
}

TEST_CASE("decommitted pages read as zeros") {
    const test::scratch_memory memory(4);
    test::write_pages(memory.bytes(), 0, 4);
    REQUIRE(os::decommit{}(memory.page(2)));
    CHECK(memory.bytes()[test::pages(1)] == std::byte{0xa5});
    CHECK(test::is_zero(memory.bytes().subspan(test::pages(2), test::pages(1))));
    CHECK(memory.bytes()[test::pages(3)] == std::byte{0xa5});
}

TEST_CASE("decommitted pages of a file mapped copy-on-write read as the file") {
    const auto contents = test::pattern(test::pages(2));
    const auto file = file_of(contents);
    const test::scratch_memory memory(2);
    REQUIRE(os::map_copy_on_write{}(memory.range(), file.get(), 0));
    CHECK(test::equal(memory.bytes(), contents));

    test::write_pages(memory.bytes(), 0, 2, std::byte{0});
    CHECK_FALSE(test::equal(memory.bytes(), contents));
    REQUIRE(os::decommit{}(memory.range()));
    CHECK(test::equal(memory.bytes(), contents));
}

TEST_CASE("what is mapped inaccessible has lost its contents") {
    const test::scratch_memory memory(1);
    test::write_pages(memory.bytes(), 0, 1);
    REQUIRE(os::map_inaccessible{}(memory.range()));
    CHECK_FALSE(test::accessible(memory.range().data()));
    REQUIRE(os::make_accessible{}(memory.range()));
    CHECK(test::is_zero(memory.bytes()));
}

TEST_CASE("a mapping is unmapped with its owner, and once when it was moved") {
    const auto taken = os::reserve{}(os::page_size);
    REQUIRE(taken);
    REQUIRE(os::make_accessible{}(taken.value));
    {
        os::mapping first(taken.value);
        const os::mapping second(std::move(first));
        CHECK(first.range().empty());
        CHECK(test::accessible(taken.value.data()));
    }
    CHECK_FALSE(test::accessible(taken.value.data()));
}

TEST_CASE("a reservation that no address space has room for is refused with the kernel's error") {
    const auto taken = os::reserve{}(std::size_t{1} << 60U);
    CHECK_FALSE(taken);
    CHECK(taken.error == ENOMEM);
}
