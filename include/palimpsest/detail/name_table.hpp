// SPDX-License-Identifier: Apache-2.0
// Numbers by name. All name tables use this one type. It is not a tree of strings, since each kind
// of tree takes a compiler a tenth of a second.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/detail/keyed_hash.hpp>
#include <palimpsest/detail/scoped_table.hpp>
#include <palimpsest/light_vector.hpp>
#include <string>
#include <string_view>

namespace palimpsest::detail {

/// Numbers by name. It copies the names. `Tag` keeps it from being compiled where it is not used.
template <class Tag = void>
class basic_name_table {
  public:
    /// Adds a name. False if the name already has a number, which it keeps.
    bool add(std::string_view name, std::size_t number) {
        const auto count = entries_.size();
        (void)number_of(name, number);
        return entries_.size() != count;
    }
    /// The number of a name; a new name gets the number `otherwise`. Valid until the next name is
    /// added.
    [[gnu::noinline]] std::size_t& number_of(std::string_view name, std::size_t otherwise) {
        const auto hash = keyed_hash(name);
        if (const auto place = place_of(name, hash); place != scoped_hashes::no_entry)
            return entries_[place].number;
        entries_.push_back({text_.size(), name.size(), otherwise});
        text_.append(name);
        hashes_.add(hash);
        return entries_.back().number;
    }
    /// The number of a name; nothing if the name is not known.
    [[gnu::noinline]] std::optional<std::size_t> find(std::string_view name) const {
        const auto place = place_of(name, keyed_hash(name));
        if (place == scoped_hashes::no_entry) return std::nullopt;
        return entries_[place].number;
    }
    void clear() noexcept {
        entries_.clear();
        text_.clear();
        hashes_.shrink(0);
    }

  private:
    struct entry {
        std::size_t begin;
        std::size_t length;
        std::size_t number;
    };

    std::size_t place_of(std::string_view name, std::uint64_t hash) const noexcept {
        return hashes_.find(hash, [&](std::size_t place) {
            const auto& one = entries_[place];
            return std::string_view(text_).substr(one.begin, one.length) == name;
        });
    }

    light_vector<entry> entries_;
    std::string text_;  // all names
    scoped_hashes hashes_;
};
using name_table = basic_name_table<>;

}  // namespace palimpsest::detail
