// SPDX-License-Identifier: Apache-2.0
// A hash table whose entries are removed in the reverse of the order in which they were added. It
// holds what a walk over a tree knows at a node and forgets on leaving the subtree. It uses open
// addressing without tombstones: no other entry depends on the place of the last one, so that place
// is simply emptied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/light_vector.hpp>

namespace palimpsest::detail {

/// Mixes a field into a hash, so that all bits of the result depend on it. For keys with several
/// fields.
constexpr std::uint64_t mixed(std::uint64_t hash, std::uint64_t field) noexcept {
    hash = (hash ^ field) * 0x9e37'79b9'7f4a'7c15U;
    return hash ^ (hash >> 29U);
}

/// The hashes of such a table. Its entries are numbered from 0 in the order in which they were
/// added.
class scoped_hashes {
  public:
    static constexpr std::size_t no_entry = ~std::size_t{0};

    /// The first entry that has the hash and for which `is` returns true; no_entry if there is
    /// none.
    template <class Is>
    std::size_t find(std::uint64_t hash, Is&& is) const noexcept {
        if (places_.empty()) return no_entry;
        for (auto place = hash & mask();; place = (place + 1) & mask()) {
            const std::size_t number = places_[place];
            if (number == 0) return no_entry;
            if (hashes_[number - 1] == hash && is(number - 1)) return number - 1;
        }
    }

    std::size_t size() const noexcept { return hashes_.size(); }
    [[gnu::noinline]] void add(std::uint64_t hash) {
        hashes_.push_back(hash);
        if (hashes_.size() * 2 > places_.size())
            grow();
        else
            put(hashes_.size());
    }
    /// Removes all entries but the `count` that were added first.
    [[gnu::noinline]] void shrink(std::size_t count) noexcept {
        for (; hashes_.size() > count; hashes_.pop_back()) {
            auto place = hashes_.back() & mask();
            while (places_[place] != hashes_.size()) place = (place + 1) & mask();
            places_[place] = 0;
        }
    }

  private:
    std::uint64_t mask() const noexcept { return places_.size() - 1; }
    void put(std::size_t number) noexcept {
        auto place = hashes_[number - 1] & mask();
        while (places_[place] != 0) place = (place + 1) & mask();
        places_[place] = static_cast<std::uint32_t>(number);
    }
    /// Rehashes the entries in the order in which they were added; `shrink` relies on that.
    void grow() {
        places_.assign(places_.empty() ? 16 : places_.size() * 2, 0);
        for (std::size_t number = 1; number <= hashes_.size(); ++number) put(number);
    }

    light_vector<std::uint64_t> hashes_;
    light_vector<std::uint32_t> places_;  // numbers of entries from 1; 0: empty. A power of two
};

/// `Key` must have `hash()` and `==`. Each operation takes constant time on average.
template <class Key, class Data>
class scoped_table {
  public:
    /// The data of the first remaining entry with the key, or null. Valid until the next `add`.
    const Data* find(const Key& key) const noexcept {
        const auto number =
            hashes_.find(key.hash(), [&](std::size_t one) { return entries_[one].key == key; });
        return number == scoped_hashes::no_entry ? nullptr : &entries_[number].data;
    }
    /// Adds an entry, even if the key is already present; find() then still returns the older one.
    void add(const Key& key, const Data& data) {
        entries_.push_back({key, data});
        hashes_.add(key.hash());
    }

    std::size_t size() const noexcept { return entries_.size(); }
    /// Removes all entries but the `count` that were added first.
    void shrink(std::size_t count) noexcept {
        entries_.shrink(count);
        hashes_.shrink(count);
    }

  private:
    struct entry {
        Key key;
        Data data;
    };

    light_vector<entry> entries_;  // in the order in which they were added
    scoped_hashes hashes_;
};

}  // namespace palimpsest::detail
