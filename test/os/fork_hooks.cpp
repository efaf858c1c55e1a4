// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/os/fork_hooks.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <string>

namespace os = palimpsest::os;

namespace {

struct owner {
    std::string seen;
    os::fork_hooks hooks{*this};

    void before_fork() noexcept { seen += 'b'; }
    void after_fork_in_parent() noexcept { seen += 'p'; }
    void after_fork_in_child() noexcept { seen += 'c'; }
};

/// Forks; the child exits with the result of `answer`.
template <class Answer>
int status_of_child(Answer&& answer) {
    const auto child = ::fork();
    if (child == 0) ::_exit(answer());
    int status = -1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("parent and child each learn of a fork, before and after") {
    owner one;
    owner two;
    const auto seen_in_child = [&] { return one.seen == "bc" && two.seen == "bc" ? 42 : 1; };
    CHECK(status_of_child(seen_in_child) == 42);
    CHECK(one.seen == "bp");
    CHECK(two.seen == "bp");
}

TEST_CASE("who does not live any more is not told of a fork") {
    owner kept;
    {
        owner gone;
        owner gone_too;
    }
    owner later;
    CHECK(status_of_child([&] { return kept.seen == "bc" && later.seen == "bc" ? 42 : 1; }) == 42);
    CHECK(kept.seen == "bp");
    CHECK(later.seen == "bp");
}
