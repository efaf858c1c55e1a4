// What the numbers in the text of a function stand for. Tables are by number, so that one value
// with a large number would make a large table: numbers that are small for the length of the text
// stay what they are, and larger ones are others, so that memory is by the length of the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/entity.hpp>
#include <tuple>

namespace palimpsest::ir::text {

/// What no number reaches: as many entities as a table can tell apart, so that whatever function
/// there is can be read from its text.
inline constexpr std::uint64_t most_entities = 0xffff'ffff;

/// The entities of one kind by their numbers in text. All functions print with numbers that are
/// kept when they are read, unless nearly all of what was numbered is gone.
template <class Entity>
class numbering {
  public:
    /// Numbers below `kept` stay what they are.
    explicit numbering(std::size_t kept = 0) noexcept : kept_(kept), next_(kept) {}

    /// Of a number less than most_entities. It may be the first time that it is asked for.
    Entity entity_of(std::uint64_t number) {
        if (number < kept_) return Entity(static_cast<std::size_t>(number));
        const auto [place, added] = others_.try_emplace(number, next_);
        if (added) ++next_;
        return Entity(place->second);
    }
    /// The other way round. Takes time linear in the numbers that are not kept.
    std::uint64_t number_of(Entity which) const noexcept {
        for (const auto& [number, index] : others_)
            if (index == which.index()) return number;
        return which.index();
    }
    /// Of an entity that is behind all others, and has no number in the text.
    void skip(Entity which) noexcept {
        if (which.index() >= next_) next_ = which.index() + 1;
    }

  private:
    std::size_t kept_;
    std::size_t next_;
    std::map<std::uint64_t, std::size_t> others_;  // by number, their index
};

/// Those of a function.
template <class Tag = void>
class basic_function_numbering {
  public:
    /// `bytes`: the length of the function's text. A value and what numbers it in text take a tenth
    /// of that and more, so that these are kept if one of a hundred is left.
    void begin(std::size_t bytes) {
        constexpr std::size_t some = 64;
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
