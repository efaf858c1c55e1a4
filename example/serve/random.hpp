// SPDX-License-Identifier: Apache-2.0
// Numbers that look random and are the same on every machine, unlike those of the standard
// distributions.
#pragma once

#include <cstdint>
#include <random>

namespace serve {

class random_numbers {
  public:
    explicit random_numbers(std::uint64_t seed) : engine_(seed) {}

    /// At least `lowest` and below `end`.
    std::uint32_t between(std::uint32_t lowest, std::uint32_t end) {
        return lowest + static_cast<std::uint32_t>(engine_() % (end - lowest));
    }

  private:
    std::mt19937_64 engine_;
};

}  // namespace serve
