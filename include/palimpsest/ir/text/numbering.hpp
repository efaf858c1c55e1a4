// SPDX-License-Identifier: Apache-2.0
// Maps the numbers in the text of a function to entities. Tables are indexed by number, so one
// value with a large number would make a large table. So numbers that are small for the length of
// the text are kept, and larger ones become the next free ones: memory is bounded by the length of
// the text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/concatenate.hpp>
#include <palimpsest/detail/name_table.hpp>
#include <palimpsest/ir/entity.hpp>
#include <palimpsest/light_vector.hpp>
#include <string>

namespace palimpsest::ir::text {

/// Numbers in text are less than this: as many entities as a table can tell apart, so that every
/// function can be read from its text.
inline constexpr std::uint64_t most_entities = 0xffff'ffff;

/// The kinds of entities that have numbers in text.
enum class numbered_kind : std::uint8_t {
    value,
    block,
    signature,
    function,
    stack_slot,
    global,
    region
};
inline constexpr std::size_t numbered_kinds = 7;

inline constexpr std::array<const char*, numbered_kinds> numbered_prefixes{
    kind::value::prefix,       kind::block::prefix,      kind::signature::prefix,
    kind::function::prefix,    kind::stack_slot::prefix, kind::global_ref::prefix,
    kind::alias_region::prefix};

/// The word before the numbers of a kind.
constexpr const char* prefix_of(numbered_kind of) noexcept {
    return numbered_prefixes[static_cast<std::size_t>(of)];
}

/// Maps the numbers of one kind of entity in text to places in a table. Reading keeps the numbers
/// that a function was printed with, unless nearly all entities that once had a number are gone.
template <class Tag = void>
class basic_numbering {
  public:
    /// Numbers below `kept` are kept, unless a larger one was given that place before.
    void keep(std::size_t kept) noexcept { kept_ = kept; }

    /// The place of a number, which is less than most_entities. A new number gets a new place.
    [[gnu::noinline]] std::size_t place_of(std::uint64_t number) {
        const auto same = static_cast<std::size_t>(number);
        if (number >= kept_ || !others_.empty()) {
            if (const auto known = places_.find(name_of(number))) return *known;
            if (number >= kept_ || number_of(same) != same) return add(number);
        }
        if (next_ <= same) next_ = same + 1;
        return same;
    }
    /// The number of a place that place_of() returned.
    [[gnu::noinline]] std::uint64_t number_of(std::size_t place) const noexcept {
        std::size_t begin = 0;
        for (auto end = others_.size(); begin != end;) {
            const auto middle = begin + (end - begin) / 2;
            const auto& one = others_[middle];
            if (one.place == place) return one.number;
            if (one.place < place)
                begin = middle + 1;
            else
                end = middle;
        }
        return place;
    }
    /// Records an entity after all others that has no number in the text, and is known by its
    /// place.
    void skip(std::size_t place) noexcept { next_ = place + 1; }

  private:
    /// A number that differs from its place.
    struct other {
        std::size_t place;
        std::uint64_t number;
    };

    static std::string name_of(std::uint64_t number) {
        return palimpsest::detail::concatenate({number});
    }
    std::size_t add(std::uint64_t number) {
        places_.add(name_of(number), next_);
        others_.push_back({next_, number});
        return next_++;
    }

    std::size_t kept_ = 0;
    std::size_t next_ = 0;                              // after all
    palimpsest::detail::basic_name_table<Tag> places_;  // of `others_`, by number
    light_vector<other> others_;                        // in the order of their places
};

/// The numberings of all kinds of entities of a function.
template <class Tag = void>
class basic_function_numbering {
  public:
    /// Begins a function whose text has this many bytes. It takes at least ten bytes to define one
    /// entity. So the numbers of values, of which passes leave the fewest, are kept if one in forty
    /// is left, and others if one in ten is.
    void begin(std::size_t bytes) noexcept {
        constexpr std::size_t some = 128;
        for (auto& one : all_) one.keep(some + bytes);
        of(numbered_kind::value).keep(some + 4 * bytes);
    }

    basic_numbering<Tag>& of(numbered_kind which) noexcept {
        return all_[static_cast<std::size_t>(which)];
    }

  private:
    std::array<basic_numbering<Tag>, numbered_kinds> all_;
};
using function_numbering = basic_function_numbering<>;

}  // namespace palimpsest::ir::text
