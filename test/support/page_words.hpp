// SPDX-License-Identifier: Apache-2.0
// What /proc/self/pagemap says about pages, read word by word and interpreted only by the kernel's
// documentation: a check of the library that shares none of its filters.

#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <palimpsest/os/address_range.hpp>
#include <stdexcept>
#include <vector>

namespace palimpsest::test {

/// Source: the kernel's Documentation/admin-guide/mm/pagemap.rst.
struct page_word {
    std::uint64_t bits;

    bool is(unsigned bit) const { return (bits >> bit & 1U) != 0; }
    bool swapped() const { return is(62); }
    /// Mapped by nobody else, which tells a private page from the shared page of zeros.
    bool holds_private_memory() const { return !is(61) && (swapped() || (is(63) && is(56))); }
};

inline std::vector<page_word> page_words(os::address_range range) {
    std::vector<page_word> words(range.pages());
    const int file = ::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    const auto bytes = words.size() * sizeof(page_word);
    const auto offset = static_cast<off_t>(range.begin / os::page_size * sizeof(page_word));
    const auto got = ::pread(file, words.data(), bytes, offset);
    ::close(file);
    if (got != static_cast<ssize_t>(bytes))
        throw std::runtime_error("/proc/self/pagemap ends early");
    return words;
}

/// Swapped pages count as well.
inline std::size_t private_pages(os::address_range range) {
    const auto words = page_words(range);
    return static_cast<std::size_t>(
        std::count_if(words.begin(), words.end(),
                      [](const page_word& word) { return word.holds_private_memory(); }));
}

inline std::size_t swapped_pages(os::address_range range) {
    const auto words = page_words(range);
    return static_cast<std::size_t>(std::count_if(
        words.begin(), words.end(), [](const page_word& word) { return word.swapped(); }));
}

/// From the first entity of the slot to the last address that its last memory can have.
template <class Pool>
os::address_range range_of_slot(const Pool& pool, const typename Pool::slot& slot) {
    const auto first = reinterpret_cast<std::uintptr_t>(slot.state().data());
    const auto& layout = pool.layout();
    return {first, first + layout.entity(layout.entities() - 1).end};
}

}  // namespace palimpsest::test
