// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/os/call.hpp>

#include <catch2/catch.hpp>

#include "support/thrown.hpp"

namespace os = palimpsest::os;
namespace test = palimpsest::test;

TEST_CASE("the outcome of a call that failed is false and holds the kernel's error") {
    errno = EAGAIN;
    const auto failed = os::status_of(-1);
    CHECK_FALSE(failed);
    CHECK(failed.error == EAGAIN);
    CHECK(os::status_of(0));
    CHECK(os::status_of(7));

    errno = EMFILE;
    CHECK(os::outcome_of<int>(-1).error == EMFILE);
    CHECK(os::outcome_of<int>(5).value == 5);
}

TEST_CASE("the error of a call on set-up says what was called, with what, and what to change") {
    const auto fails = [] { os::throw_failed("mmap", "4096 bytes", ENOMEM, "lower slots"); };
    const auto text = test::text_of<std::system_error>(fails);
    CHECK(text.find("palimpsest: mmap(4096 bytes) failed; lower slots") != std::string::npos);
    CHECK(text.find(std::generic_category().message(ENOMEM)) != std::string::npos);
    try {
        fails();
    } catch (const std::system_error& thrown) {
        CHECK(thrown.code() == std::errc::not_enough_memory);
    }
}
