// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/os/descriptor.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/os/memory_file.hpp>

#include <catch2/catch.hpp>

#include "support/pages.hpp"

namespace os = palimpsest::os;
namespace test = palimpsest::test;

TEST_CASE("a file in memory holds what was written at an offset, and zeros before") {
    const os::descriptor file(os::create_memory_file{}("test").value);
    REQUIRE(file);
    const auto bytes = test::pattern(100);
    REQUIRE(os::write_file{}(file.get(), bytes, os::page_size));
    REQUIRE(os::resize_file{}(file.get(), test::pages(2)));

    const auto view = os::map_readable{}(file.get(), test::pages(2));
    REQUIRE(view);
    const os::mapping owner(view.value);
    const std::span<const std::byte> read{view.value.data(), test::pages(2)};
    CHECK(test::is_zero(read.first(os::page_size)));
    CHECK(test::equal(read.subspan(os::page_size, 100), bytes));
    CHECK(test::is_zero(read.subspan(os::page_size + 100)));
}

TEST_CASE("nobody can write, grow, shrink or unseal a sealed file") {
    const os::descriptor file(os::create_memory_file{}("test").value);
    const auto bytes = test::pattern(os::page_size);
    REQUIRE(os::write_file{}(file.get(), bytes, 0));
    REQUIRE(os::seal_file{}(file.get()));

    CHECK(os::write_file{}(file.get(), bytes, 0).error == EPERM);
    CHECK(os::write_file{}(file.get(), bytes, os::page_size).error == EPERM);
    CHECK(os::resize_file{}(file.get(), 0).error == EPERM);
    CHECK(os::resize_file{}(file.get(), test::pages(9)).error == EPERM);
    CHECK(::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK) < 0);
    void* const shared =
        ::mmap(nullptr, os::page_size, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    CHECK(shared == MAP_FAILED);
}

TEST_CASE("a file in memory is closed when the process executes another program") {
    const os::descriptor file(os::create_memory_file{}("test").value);
    CHECK((::fcntl(file.get(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("a file in memory takes what was written, and less once a hole is punched into it") {
    const os::descriptor file(os::create_memory_file{}("test").value);
    const auto bytes = test::pattern(test::pages(3));
    REQUIRE(os::write_file{}(file.get(), bytes, 0));
    CHECK(os::bytes_taken{}(file.get()).value >= test::pages(3));
    const auto before = os::bytes_taken{}(file.get()).value;
    REQUIRE(os::punch_hole{}(file.get(), test::pages(1), test::pages(1)));
    CHECK(os::bytes_taken{}(file.get()).value <= before - test::pages(1));

    const auto view = os::map_readable{}(file.get(), test::pages(3));
    REQUIRE(view);
    const os::mapping owner(view.value);
    const std::span<const std::byte> read{view.value.data(), test::pages(3)};
    CHECK(test::equal(read.first(os::page_size), std::span(bytes).first(os::page_size)));
    CHECK(test::is_zero(read.subspan(os::page_size, os::page_size)));
    CHECK(test::equal(read.subspan(test::pages(2)), std::span(bytes).subspan(test::pages(2))));
}
