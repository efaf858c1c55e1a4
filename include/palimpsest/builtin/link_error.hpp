// SPDX-License-Identifier: Apache-2.0
// Why modules cannot be linked: all that is wrong, in one report.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace palimpsest::builtin {

class link_error : public std::runtime_error {
  public:
    explicit link_error(std::vector<std::string> problems)
        : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

    /// Each names the module and the function.
    const std::vector<std::string>& problems() const noexcept { return problems_; }

  private:
    static std::string joined(const std::vector<std::string>& all) {
        std::string made = "palimpsest: link: ";
        for (const auto& one : all) made.append(&one == &all[0] ? "" : "\n").append(one);
        return made;
    }

    std::vector<std::string> problems_;
};

}  // namespace palimpsest::builtin
