// SPDX-License-Identifier: Apache-2.0
// A hash table whose entries are removed in the reverse of the order in which they were added. It
// holds what a walk over a tree knows at a node, and forgets when it leaves the subtree. It uses
// open addressing without tombstones: no other entry depends on the place of the last one, so that
// this place is just emptied.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace palimpsest::detail {

/// Mixes a field into a hash, so that all bits of the result depend on it. For keys of several
/// fields.
constexpr std::uint64_t mixed(std::uint64_t hash, std::uint64_t field) noexcept {
    hash = (hash ^ field) * 0x9e37'79b9'7f4a'7c15U;
    return hash ^ (hash >> 29U);
}

/// `Key` must have `hash()` and `==`. Each operation takes constant time on average.
template <class Key, class Data>
class scoped_table {
  public:
    /// The data that was added first with the key and is still there, or null. Valid until the next
    /// `add`.
    const Data* find(const Key& key) const noexcept {
        if (entries_.empty()) return nullptr;
        const auto hash = key.hash();
        for (auto place = hash & mask();; place = (place + 1) & mask()) {
            if (places_[place] == 0) return nullptr;
            const auto& one = entries_[places_[place] - 1];
            if (one.hash == hash && one.key == key) return &one.data;
        }
    }
    /// Adds an entry, also when the key is there already; find() then still gives the older one.
    void add(const Key& key, Data data) {
        entries_.push_back({key.hash(), key, std::move(data)});
        if (entries_.size() * 2 > places_.size())
            grow();
        else
            put(entries_.size());
    }

    std::size_t size() const noexcept { return entries_.size(); }
    /// Removes all entries but the `count` that were added first.
    void shrink(std::size_t count) noexcept {
        for (; entries_.size() > count; entries_.pop_back()) {
            auto place = entries_.back().hash & mask();
            while (places_[place] != entries_.size()) place = (place + 1) & mask();
            places_[place] = 0;
        }
    }

  private:
    struct entry {
        std::uint64_t hash;
        Key key;
        Data data;
    };

    std::uint64_t mask() const noexcept { return places_.size() - 1; }
    void put(std::size_t number) noexcept {
        auto place = entries_[number - 1].hash & mask();
        while (places_[place] != 0) place = (place + 1) & mask();
        places_[place] = static_cast<std::uint32_t>(number);
    }
    /// Places the entries anew, in the order in which they were added; `shrink` relies on that.
    void grow() {
        places_.assign(std::max<std::size_t>(16, places_.size() * 2), 0);
        for (std::size_t number = 1; number <= entries_.size(); ++number) put(number);
    }

    std::vector<entry> entries_;         // in the order in which they were added
    std::vector<std::uint32_t> places_;  // numbers of entries from 1; 0: empty. A power of two
};

}  // namespace palimpsest::detail
