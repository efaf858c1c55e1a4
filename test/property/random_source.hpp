// SPDX-License-Identifier: Apache-2.0
// Random numbers that are the same everywhere for one seed, unlike those of the standard
// distributions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace palimpsest::test {

/// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
class random_source {
  public:
    explicit random_source(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t bits() noexcept {
        auto made = state_ += 0x9e3779b97f4a7c15U;
        made = (made ^ (made >> 30U)) * 0xbf58476d1ce4e5b9U;
        made = (made ^ (made >> 27U)) * 0x94d049bb133111ebU;
        return made ^ (made >> 31U);
    }
    /// Less than `count`, which is not 0.
    std::size_t below(std::size_t count) noexcept { return bits() % count; }
    /// Both ends are possible.
    std::size_t between(std::size_t least, std::size_t most) noexcept {
        return least + below(most - least + 1);
    }
    bool chance(unsigned percent) noexcept { return below(100) < percent; }

    template <class Type>
    const Type& pick(const std::vector<Type>& all) noexcept {
        return all[below(all.size())];
    }
    template <class Type, std::size_t Size>
    const Type& pick(const std::array<Type, Size>& all) noexcept {
        return all[below(Size)];
    }

  private:
    std::uint64_t state_;
};

}  // namespace palimpsest::test
