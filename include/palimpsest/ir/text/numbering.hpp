// SPDX-License-Identifier: Apache-2.0
// Maps the numbers in the text of a function to entities. Tables are by number, so that one value
// with a large number would make a large table. So numbers that are small for the length of the
// text stay as they are, and larger ones become the next that are free: memory is bounded by the
// length of the text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/entity.hpp>
#include <tuple>

namespace palimpsest::ir::text {

/// The limit that numbers in text are less than: as many entities as a table can tell apart, so
/// that every function can be read from its text.
inline constexpr std::uint64_t most_entities = 0xffff'ffff;

/// The entities of one kind by their numbers in text. The numbers that a function is printed with
/// are kept when it is read, unless nearly all entities that once had a number are gone.
template <class Entity>
class numbering {
  public:
    /// Numbers below `kept` stay as they are, unless a larger one became the same before.
    explicit numbering(std::size_t kept = 0) noexcept : kept_(kept) {}

    /// The entity of a number, which is less than most_entities. A number that is new gets one.
    Entity entity_of(std::uint64_t number) {
        const auto index = static_cast<std::size_t>(number);
        if (number >= kept_ || !numbers_.empty()) {
            if (const auto known = others_.find(number); known != others_.end())
                return Entity(known->second);
            if (number >= kept_ || numbers_.contains(index)) return add(number);
        }
        next_ = std::max(next_, index + 1);
        return Entity(index);
    }
    /// The number of an entity that entity_of() gave.
    std::uint64_t number_of(Entity which) const noexcept {
        const auto known = numbers_.find(which.index());
        return known == numbers_.end() ? which.index() : known->second;
    }
    /// Notes an entity behind all others that has no number in the text, and goes by its index.
    void skip(Entity which) noexcept { next_ = which.index() + 1; }

  private:
    Entity add(std::uint64_t number) {
        others_.emplace(number, next_);
        numbers_.emplace(next_, number);
        return Entity(next_++);
    }

    std::size_t kept_;
    std::size_t next_ = 0;                          // behind all
    std::map<std::uint64_t, std::size_t> others_;   // by number, the index, where it is another
    std::map<std::size_t, std::uint64_t> numbers_;  // the other way round
};

/// The numberings of all kinds of entities of a function.
template <class Tag = void>
class basic_function_numbering {
  public:
    /// Begins a function whose text has this many bytes. It takes ten bytes and more to define one
    /// entity. So the numbers of values, of which passes leave the fewest, are kept when one of
    /// forty is left, and others when one of ten is.
    void begin(std::size_t bytes) {
        constexpr std::size_t some = 128;
        of<value>() = numbering<value>(some + 4 * bytes);
        of<block>() = numbering<block>(some + bytes);
        of<signature_ref>() = numbering<signature_ref>(some + bytes);
        of<function_ref>() = numbering<function_ref>(some + bytes);
        of<stack_slot>() = numbering<stack_slot>(some + bytes);
        of<global_ref>() = numbering<global_ref>(some + bytes);
        of<alias_region>() = numbering<alias_region>(some + bytes);
    }

    template <class Entity>
    numbering<Entity>& of() noexcept {
        return std::get<numbering<Entity>>(all_);
    }

  private:
    palimpsest::detail::dependent<
        std::tuple<numbering<value>, numbering<block>, numbering<signature_ref>,
                   numbering<function_ref>, numbering<stack_slot>, numbering<global_ref>,
                   numbering<alias_region>>,
        Tag>
        all_;
};
using function_numbering = basic_function_numbering<>;

}  // namespace palimpsest::ir::text
