// SPDX-License-Identifier: Apache-2.0
// A set of pages of one address range. Each page has a bit. Above each level of words lies a level
// with a bit for each nonzero word, up to a single word. Each level skips absent pages 64 times as
// fast as the one below, so the work depends on the pages in the set, however large the range is.
// Inserting and looking up never fail, since the memory is reserved when the set is made; the
// kernel commits only the parts of it that are used.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/pool/dirty/detail/page_table.hpp>

namespace palimpsest::dirty::detail {

/// A set of pages within one range. Inserting takes time linear in the pages inserted, any other
/// operation in the pages of the set that it visits. It is not thread-safe.
class page_set {
  public:
    page_set() = default;
    /// An empty set of pages of `range`. Throws std::system_error, which says what to change.
    explicit page_set(os::address_range range) : origin_(range.begin) {
        std::size_t words = 0;
        for (auto entries = range.pages(); levels_ == 0 || entries > 1; ++levels_) {
            begin_[levels_] = static_cast<std::uint32_t>(words);
            entries = (entries + bits - 1) / bits;
            words += entries;
        }
        words_ = page_table<std::uint64_t>(words);
    }

    /// The number of pages in the set.
    std::size_t size() const noexcept { return count_; }

    /// Whether the page at `address` is in the set.
    bool contains(std::uintptr_t address) const noexcept {
        const auto at = page(address);
        return (word(0, at / bits) >> (at % bits) & 1U) != 0;
    }

    /// Adds the pages of `range`; returns how many were new.
    std::size_t insert(os::address_range range) noexcept {
        if (range.empty()) return 0;
        const auto before = count_;
        const auto first = page(range.begin);
        const auto end = page(range.end);
        for (auto at = first; at < end; at = next_word(at)) {
            const auto mask = mask_of(at, end);
            auto& bits_of = word(0, at / bits);
            count_ += static_cast<std::size_t>(std::popcount(mask & ~bits_of));
            bits_of |= mask;
        }
        most_ = std::max(most_, count_);
        if (count_ != before) note_used(first / bits, (end - 1) / bits);
        return count_ - before;
    }

    void clear() noexcept { erase({origin_, ~std::uintptr_t{0}}); }

    void erase(os::address_range range) noexcept {
        if (count_ == 0 || range.empty()) return;
        const auto end = page(range.end);
        for (auto at = find(0, page(range.begin)); at < end; at = find(0, next_word(at))) {
            const auto mask = mask_of(at, end);
            auto& bits_of = word(0, at / bits);
            count_ -= static_cast<std::size_t>(std::popcount(mask & bits_of));
            bits_of &= ~mask;
            if (bits_of == 0) note_unused(at / bits);
        }
    }

    /// Gives the memory of the set back if it is empty but was large; true if it did.
    bool shrink() noexcept {
        constexpr std::size_t few = 16;
        if (count_ != 0 || most_ <= few) return false;
        words_.clear();
        most_ = 0;
        return true;
    }

    /// Calls `visit` with each run of pages, in address order, until it returns false.
    template <class Visit>
    void for_each_run(Visit&& visit) const {
        for_each_run({origin_, ~std::uintptr_t{0}}, visit);
    }

    /// The same for the part of the set that lies in `range`.
    template <class Visit>
    void for_each_run(os::address_range range, Visit&& visit) const {
        if (count_ == 0 || range.empty()) return;
        const auto end = page(range.end);
        for (auto at = find(0, page(range.begin)); at < end;) {
            const auto until = std::min(end, end_of_run(at));
            if (!visit(os::address_range{address(at), address(until)})) return;
            at = find(0, until);
        }
    }

  private:
    static constexpr std::size_t bits = 64;
    static constexpr std::size_t nothing = ~std::size_t{0};
    // The address space of a process has 2^35 pages, which takes 6 levels.
    static constexpr std::size_t most_levels = 6;

    std::size_t page(std::uintptr_t address) const noexcept {
        return (address - origin_) / os::page_size;
    }
    std::uintptr_t address(std::size_t page) const noexcept {
        return origin_ + page * os::page_size;
    }

    std::uint64_t& word(std::size_t level, std::size_t index) noexcept {
        return words_[begin_[level] + index];
    }
    const std::uint64_t& word(std::size_t level, std::size_t index) const noexcept {
        return words_[begin_[level] + index];
    }
    std::size_t words_of(std::size_t level) const noexcept {
        return level + 1 < levels_ ? begin_[level + 1] - begin_[level] : 1;
    }

    static std::size_t next_word(std::size_t at) noexcept { return (at / bits + 1) * bits; }

    /// A mask of the entries from `at` on that lie in its word and before `end`.
    static std::uint64_t mask_of(std::size_t at, std::size_t end) noexcept {
        const auto count = std::min(next_word(at), end) - at;
        const auto ones = count == bits ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
        return ones << (at % bits);
    }

    /// Records that the words from `first` to `last` are no longer zero.
    void note_used(std::size_t first, std::size_t last) noexcept {
        for (std::size_t level = 1; level < levels_; ++level) {
            for (auto at = first; at <= last; at = next_word(at))
                word(level, at / bits) |= mask_of(at, last + 1);
            first /= bits;
            last /= bits;
        }
    }

    /// Records that a word became zero.
    void note_unused(std::size_t index) noexcept {
        for (std::size_t level = 1; level < levels_; ++level, index /= bits) {
            auto& above = word(level, index / bits);
            above &= ~(std::uint64_t{1} << (index % bits));
            if (above != 0) return;
        }
    }

    /// Finds the first entry of a level, from `at` on, that is set.
    std::size_t find(std::size_t level, std::size_t at) const noexcept {
        const auto index = at / bits;
        if (index >= words_of(level)) return nothing;
        if (const auto rest = word(level, index) >> (at % bits); rest != 0)
            return at + static_cast<std::size_t>(std::countr_zero(rest));
        if (level + 1 == levels_) return nothing;
        const auto next = find(level + 1, index + 1);
        if (next == nothing) return nothing;
        return next * bits + static_cast<std::size_t>(std::countr_zero(word(level, next)));
    }

    /// Finds the end of the run of pages to which `at` belongs.
    std::size_t end_of_run(std::size_t at) const noexcept {
        while (at / bits < words_of(0)) {
            const auto rest = ~word(0, at / bits) >> (at % bits);
            if (rest != 0) return at + static_cast<std::size_t>(std::countr_zero(rest));
            at = next_word(at);
        }
        return at;
    }

    std::uintptr_t origin_ = 0;
    std::array<std::uint32_t, most_levels> begin_{};  // of each level, in words
    std::uint32_t levels_ = 0;
    page_table<std::uint64_t> words_;
    std::size_t count_ = 0;
    std::size_t most_ = 0;  // since it was last shrunk
};

}  // namespace palimpsest::dirty::detail
