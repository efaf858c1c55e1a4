// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/os/descriptor.hpp>

#include <fcntl.h>

#include <catch2/catch.hpp>

namespace os = palimpsest::os;

namespace {

bool is_open(int number) { return ::fcntl(number, F_GETFD) >= 0; }
int open_something() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

TEST_CASE("a descriptor is closed with its owner") {
    int number = -1;
    {
        const os::descriptor owner(open_something());
        number = owner.get();
        REQUIRE(owner);
        CHECK(is_open(number));
    }
    CHECK_FALSE(is_open(number));
}

TEST_CASE("a descriptor that was moved is closed once, by its new owner") {
    os::descriptor first(open_something());
    const int number = first.get();
    {
        const os::descriptor second(std::move(first));
        CHECK_FALSE(first);
        CHECK(second.get() == number);
    }
    CHECK_FALSE(is_open(number));
}

TEST_CASE("a descriptor that replaces another leaves neither open") {
    int numbers[2] = {-1, -1};
    {
        os::descriptor kept(open_something());
        numbers[0] = kept.get();
        os::descriptor other(open_something());
        numbers[1] = other.get();
        kept = std::move(other);
        CHECK(kept.get() == numbers[1]);
    }
    CHECK_FALSE(is_open(numbers[0]));
    CHECK_FALSE(is_open(numbers[1]));
}
