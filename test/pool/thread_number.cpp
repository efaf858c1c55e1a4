// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/pool/detail/thread_number.hpp>

#include <catch2/catch.hpp>

#include "support/child.hpp"
#include "support/other_thread.hpp"

namespace detail = palimpsest::detail;
namespace test = palimpsest::test;

namespace {

struct nobody {
    void before_fork() noexcept {}
    void after_fork_in_parent() noexcept {}
    void after_fork_in_child() noexcept {}
};

}  // namespace

TEST_CASE("a thread keeps its number, and no other has it") {
    const auto mine = detail::thread_number();
    CHECK(mine != 0);
    CHECK(detail::thread_number() == mine);
    test::other_thread other;
    auto others = mine;
    other.run([&] { others = detail::thread_number(); });
    CHECK(others != mine);
}

TEST_CASE("the thread that forks is another one in the child, also when no pool is left") {
    {
        nobody owner;
        const palimpsest::os::fork_hooks hooks(owner);
    }
    const auto mine = detail::thread_number();
    test::child child([&] {
        return detail::thread_number() == mine ? std::string("the same number") : std::string();
    });
    CHECK(child.wait() == "");
    CHECK(detail::thread_number() == mine);
}
