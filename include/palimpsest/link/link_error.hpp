// SPDX-License-Identifier: Apache-2.0
// The error of linking: all that is wrong with the modules, in one report.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace palimpsest::linking {

/// Thrown by link() when modules cannot be linked. It holds every problem that was found, and
/// what() has a line for each.
class link_error : public std::runtime_error {
  public:
    explicit link_error(std::vector<std::string> problems)
        : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

    /// One text for each problem, which names the module and, where it is about one, the function.
    const std::vector<std::string>& problems() const noexcept { return problems_; }

  private:
    static std::string joined(const std::vector<std::string>& all) {
        std::string made = "palimpsest: link: ";
        for (const auto& one : all) made.append(&one == all.data() ? "" : "\n").append(one);
        return made;
    }

    std::vector<std::string> problems_;
};

}  // namespace palimpsest::linking
