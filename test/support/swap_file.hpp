// SPDX-License-Identifier: Apache-2.0
// Real swap for a test: a file that exists, and is used for swap, while the object lives.

#pragma once

#include <fcntl.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <palimpsest/os/address_range.hpp>
#include <string>
#include <vector>

namespace palimpsest::test {

class swap_file {
  public:
    /// In the current folder. Look at `refusal` before use.
    explicit swap_file(std::size_t bytes)
        : path_("palimpsest-test-swap-" + std::to_string(::getpid())) {
        if (!start_guardian()) {
            refusal_ = "no process to remove the swap file: " + reason();
            return;
        }
        if (!write_file(bytes))
            refusal_ = "the swap file could not be written: " + reason();
        else if (::swapon(path_.c_str(), 0) != 0)
            refusal_ = "swapon is not allowed here: " + reason();
    }
    swap_file(const swap_file&) = delete;
    swap_file& operator=(const swap_file&) = delete;
    ~swap_file() {
        if (guardian_ < 0) return;
        ::close(alive_);
        ::waitpid(guardian_, nullptr, 0);
    }

    /// Why there is no swap; empty if there is.
    const std::string& refusal() const { return refusal_; }

  private:
    static std::string reason() { return std::strerror(errno); }

    /// Another process ends the swapping and removes the file, once this one lets go or dies:
    /// nothing is left behind by a test that crashes.
    bool start_guardian() {
        std::array<int, 2> ends;
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
        guardian_ = ::fork();
        if (guardian_ == 0) {
            ::setsid();  // not to be interrupted along with the test
            ::close(ends[1]);
            char nothing = 0;
            while (::read(ends[0], &nothing, 1) < 0 && errno == EINTR) continue;
            ::swapoff(path_.c_str());
            ::unlink(path_.c_str());
            ::_exit(0);
        }
        ::close(ends[0]);
        alive_ = ends[1];
        return guardian_ > 0;
    }

    bool write_file(std::size_t bytes) {
        const int file = ::open(path_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
        if (file < 0) return false;
        // Written throughout, since swapon refuses a file with holes.
        const std::vector<char> zeros(bytes);
        auto block = header(bytes);
        const bool written =
            ::pwrite(file, zeros.data(), bytes, 0) == static_cast<ssize_t>(bytes) &&
            ::pwrite(file, block.data(), block.size(), 0) == static_cast<ssize_t>(block.size()) &&
            ::fsync(file) == 0;
        ::close(file);
        return written;
    }

    /// The first page, as mkswap writes it: version, number of the last page, and at its end the
    /// kernel's mark.
    static std::vector<char> header(std::size_t bytes) {
        std::vector<char> block(os::page_size);
        const std::array<std::uint32_t, 2> head{
            1, static_cast<std::uint32_t>(bytes / os::page_size - 1)};
        std::memcpy(block.data() + 1024, head.data(), sizeof head);
        constexpr std::string_view mark = "SWAPSPACE2";
        std::memcpy(block.data() + block.size() - mark.size(), mark.data(), mark.size());
        return block;
    }

    std::string path_;
    std::string refusal_;
    pid_t guardian_ = -1;
    int alive_ = -1;
};

}  // namespace palimpsest::test
