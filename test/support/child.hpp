// SPDX-License-Identifier: Apache-2.0
// Runs part of a test in the child of a fork.

#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <concepts>
#include <string>

namespace palimpsest::test {

class child {
  public:
    /// Forks. The child calls `work`, whose answer is what went wrong, and ends without running
    /// anything else; after `seconds` it is killed.
    template <class Work>
        requires std::invocable<Work&>
    explicit child(Work work, unsigned seconds = 60) {
        std::array<int, 2> ends;
        if (::pipe(ends.data()) != 0) return;
        process_ = ::fork();
        if (process_ == 0) {
            ::alarm(seconds);
            ::close(ends[0]);
            const std::string complaint = work();
            const auto told = ::write(ends[1], complaint.data(), complaint.size());
            ::_exit(complaint.empty() && told == 0 ? 0 : 1);
        }
        ::close(ends[1]);
        answers_ = ends[0];
    }
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child() {
        if (process_ > 0) (void)wait();
    }

    /// Waits for its end; returns what went wrong, empty if nothing did.
    std::string wait() {
        if (process_ <= 0) return "fork failed";
        std::string complaint;
        std::array<char, 512> buffer;
        for (ssize_t got = 0; (got = ::read(answers_, buffer.data(), buffer.size())) > 0;)
            complaint.append(buffer.data(), static_cast<std::size_t>(got));
        ::close(answers_);
        int status = 0;
        ::waitpid(process_, &status, 0);
        process_ = 0;
        if (WIFSIGNALED(status))
            complaint += " killed by signal " + std::to_string(WTERMSIG(status));
        else if (WEXITSTATUS(status) != 0 && complaint.empty())
            complaint = "exit status " + std::to_string(WEXITSTATUS(status));
        return complaint;
    }

  private:
    pid_t process_ = -1;
    int answers_ = -1;
};

}  // namespace palimpsest::test
