// SPDX-License-Identifier: Apache-2.0
// Which compositions the tests try, given the number of choices for each role. A fault of two
// policies together shows in any composition that has both, so a few dozen find what thousands
// would.
#pragma once

#include <array>
#include <cstddef>

namespace palimpsest::test {

/// The number of the choice for each role.
template <std::size_t Roles>
using numbered_choices = std::array<std::size_t, Roles>;

/// Compositions in which any two choices for different roles meet, made one by one: each begins
/// with two that have not met, and takes for each other role the choice that meets the most new
/// ones.
template <std::size_t Roles>
class pairwise_cover {
  public:
    static constexpr std::size_t most_choices = 10;

    constexpr explicit pairwise_cover(const numbered_choices<Roles>& counts) : counts_(counts) {
        for (std::size_t one = 0; one < Roles; ++one)
            for (std::size_t other = one + 1; other < Roles; ++other)
                for (std::size_t choice = 0; choice < counts[one]; ++choice)
                    for (std::size_t its = 0; its < counts[other]; ++its)
                        if (!met_[one][choice][other][its]) add(one, choice, other, its);
    }

    constexpr std::size_t size() const { return size_; }
    constexpr const numbered_choices<Roles>& operator[](std::size_t number) const {
        return compositions_[number];
    }

  private:
    static constexpr std::size_t none = most_choices;

    constexpr void add(std::size_t one, std::size_t choice, std::size_t other, std::size_t its) {
        auto& added = compositions_.at(size_++);
        added.fill(none);
        added[one] = choice;
        added[other] = its;
        for (std::size_t role = 0; role < Roles; ++role)
            if (added[role] == none) added[role] = best(role, added);
        for (std::size_t role = 0; role < Roles; ++role)
            for (std::size_t with = 0; with < Roles; ++with)
                met_[role][added[role]][with][added[with]] = true;
    }

    constexpr std::size_t best(std::size_t role, const numbered_choices<Roles>& others) const {
        std::size_t found = 0;
        std::size_t most = 0;
        for (std::size_t choice = 0; choice < counts_[role]; ++choice) {
            std::size_t new_ones = 0;
            for (std::size_t with = 0; with < Roles; ++with)
                if (others[with] != none && !met_[role][choice][with][others[with]]) ++new_ones;
            if (new_ones > most) {
                most = new_ones;
                found = choice;
            }
        }
        return found;
    }

    numbered_choices<Roles> counts_;
    std::array<numbered_choices<Roles>, 100> compositions_{};
    std::size_t size_ = 0;
    // Whether the choice for the one role has met the choice for the other.
    bool met_[Roles][most_choices][Roles][most_choices]{};
};

/// All compositions.
template <std::size_t Roles>
class full_cover {
  public:
    constexpr explicit full_cover(const numbered_choices<Roles>& counts) : counts_(counts) {}

    constexpr std::size_t size() const {
        std::size_t product = 1;
        for (const auto count : counts_) product *= count;
        return product;
    }
    constexpr numbered_choices<Roles> operator[](std::size_t number) const {
        numbered_choices<Roles> choices{};
        for (std::size_t role = 0; role < Roles; ++role) {
            choices[role] = number % counts_[role];
            number /= counts_[role];
        }
        return choices;
    }

  private:
    numbered_choices<Roles> counts_;
};

/// Whether any two choices for different roles meet.
template <std::size_t Roles>
constexpr bool each_two_meet(const auto& cover, const numbered_choices<Roles>& counts) {
    const auto meet = [&](std::size_t one, std::size_t choice, std::size_t other, std::size_t its) {
        for (std::size_t number = 0; number < cover.size(); ++number)
            if (cover[number][one] == choice && cover[number][other] == its) return true;
        return false;
    };
    for (std::size_t one = 0; one < Roles; ++one)
        for (std::size_t other = one + 1; other < Roles; ++other)
            for (std::size_t choice = 0; choice < counts[one]; ++choice)
                for (std::size_t its = 0; its < counts[other]; ++its)
                    if (!meet(one, choice, other, its)) return false;
    return true;
}

}  // namespace palimpsest::test
