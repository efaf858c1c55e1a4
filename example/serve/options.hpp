// SPDX-License-Identifier: Apache-2.0
// What the command line asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace serve {

struct options {
    std::vector<std::string> guests;
    std::vector<std::string> compositions;
    std::vector<std::size_t> threads{1, 2};
    /// Requests of each thread in each round.
    std::optional<std::size_t> requests{};
    /// How long each thread serves in each round, if the number of requests is not given.
    double seconds = 0.15;
    std::size_t rounds = 5;
    std::size_t slots = 16;
    std::uint64_t seed = 1;
    bool snapshot = false;
    bool traps = false;
    bool json = false;
    /// Folder for charts; empty for none.
    std::string plot{};

    bool wants_guest(std::string_view name) const;
    bool wants_composition(std::string_view name) const;
};

/// What to do after reading the command line: go on, or end with an exit code (0 after --help).
struct parsed {
    options wanted;
    std::optional<int> exit_code{};
};

/// Prints what is wrong, or the help.
parsed parse(int argument_count, const char* const* arguments);

}  // namespace serve
