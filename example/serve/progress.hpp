// SPDX-License-Identifier: Apache-2.0
// A bar on a terminal; silent elsewhere.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace serve {

class progress {
  public:
    explicit progress(std::size_t steps) : steps_(steps), shown_(::isatty(STDERR_FILENO) == 1) {}
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;
    ~progress() { erase(); }

    void name(std::string_view what) {
        what_ = what;
        show();
    }

    void advance() {
        if (done_ < steps_) ++done_;
        show();
    }

    /// Call it before something else is printed.
    void erase() const {
        if (shown_) std::fputs("\r\033[K", stderr);
    }

  private:
    void show() const {
        if (!shown_) return;
        constexpr std::size_t width = 40;
        const auto filled = steps_ == 0 ? width : done_ * width / steps_;
        const auto bar = std::string(filled, '#') + std::string(width - filled, '.');
        std::fprintf(stderr, "\r[%s] %3zu%% %s\033[K", bar.c_str(),
                     steps_ == 0 ? 100 : done_ * 100 / steps_, what_.c_str());
    }

    std::size_t steps_;
    std::size_t done_ = 0;
    bool shown_;
    std::string what_;
};

}  // namespace serve
