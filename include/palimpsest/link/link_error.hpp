// SPDX-License-Identifier: Apache-2.0
// The error of linking: everything that is wrong with the modules, in one report.
#pragma once

#include <palimpsest/light_vector.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace palimpsest::linking {

/// Thrown by link() if modules cannot be linked. It holds every problem found, and what() has one
/// line for each.
class link_error : public std::runtime_error {
  public:
    explicit link_error(light_vector<std::string> problems)
        : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

    /// One text for each problem. It names the module and, if the problem is in one, the function.
    const light_vector<std::string>& problems() const noexcept { return problems_; }

  private:
    static std::string joined(const light_vector<std::string>& all) {
        std::string made = "palimpsest: link: ";
        for (const auto& one : all) made.append(&one == all.data() ? "" : "\n").append(one);
        return made;
    }

    light_vector<std::string> problems_;
};

}  // namespace palimpsest::linking
