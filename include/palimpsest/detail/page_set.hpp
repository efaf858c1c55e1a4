// A set of pages of one address range: a bit a page. Setting and asking never fail, since the
// memory is taken when the set is made; the kernel commits of it what is used.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/page_table.hpp>
#include <palimpsest/os/address_range.hpp>

namespace palimpsest::detail {

class page_set {
  public:
    page_set() = default;
    /// Throws std::bad_alloc.
    explicit page_set(os::address_range range)
        : origin_(range.begin), words_((range.pages() + bits - 1) / bits) {}

    std::size_t size() const noexcept { return count_; }

    /// Adds the pages of `range`; gives how many were new.
    std::size_t insert(os::address_range range) noexcept {
        const auto before = count_;
        for_each_word(range, [&](std::size_t index, std::uint64_t mask) {
            auto& word = words_[index];
            count_ += static_cast<std::size_t>(std::popcount(mask & ~word));
            word |= mask;
        });
        if (count_ != before) {
            first_ = std::min(first_, page(range.begin) / bits);
            last_ = std::max(last_, (page(range.end) + bits - 1) / bits);
        }
        return count_ - before;
    }

    void erase(os::address_range range) noexcept {
        if (count_ == 0) return;
        for_each_word(range, [&](std::size_t index, std::uint64_t mask) {
            auto& word = words_[index];
            count_ -= static_cast<std::size_t>(std::popcount(mask & word));
            word &= ~mask;
        });
        if (count_ == 0) first_ = no_word, last_ = 0;
    }

    /// Calls `visit` with each run of pages, in order of address, until it answers false.
    template <class Visit>
    void for_each_run(Visit&& visit) const {
        auto at = first_ * bits;
        const auto end = last_ * bits;
        while (first_ < last_ && (at = next(at, end, false)) < end) {
            const auto until = next(at, end, true);
            if (!visit({address(at), address(until)})) return;
            at = until;
        }
    }

  private:
    static constexpr std::size_t bits = 64;
    static constexpr std::size_t no_word = ~std::size_t{0};

    std::size_t page(std::uintptr_t address) const noexcept {
        return (address - origin_) / os::page_size;
    }
    std::uintptr_t address(std::size_t page) const noexcept {
        return origin_ + page * os::page_size;
    }

    /// The first page from `at` on that is in the set, or the first that is not (`inverted`).
    std::size_t next(std::size_t at, std::size_t end, bool inverted) const noexcept {
        while (at < end) {
            const auto word = inverted ? ~words_[at / bits] : words_[at / bits];
            const auto rest = word >> (at % bits);
            if (rest != 0)
                return std::min(end, at + static_cast<std::size_t>(std::countr_zero(rest)));
            at = (at / bits + 1) * bits;
        }
        return end;
    }

    template <class Visit>
    void for_each_word(os::address_range range, Visit&& visit) noexcept {
        auto at = page(range.begin);
        const auto end = page(range.end);
        while (at < end) {
            const auto count = std::min(bits - at % bits, end - at);
            const auto ones = count == bits ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
            visit(at / bits, ones << (at % bits));
            at += count;
        }
    }

    std::uintptr_t origin_ = 0;
    page_table<std::uint64_t> words_;
    std::size_t count_ = 0;
    std::size_t first_ = no_word;  // words outside [first_, last_) are 0
    std::size_t last_ = 0;
};

}  // namespace palimpsest::detail
