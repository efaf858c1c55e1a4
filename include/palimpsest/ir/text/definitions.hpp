// The values and blocks of a function that is being read: what is defined, and what was used before
// its definition.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/text/token_stream.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::ir::text {

template <class Tag = void>
class basic_definitions {
  public:
    /// A number as it stands in the text.
    struct use {
        std::uint64_t number = 0;
        location where;
    };

    basic_definitions(token_stream& tokens, function& into) noexcept : in_(tokens), made_(into) {}

    use read_value_number() {
        const auto number = in_.numbered("v");
        if (!number) in_.fail("a value, such as v0");
        const use made{*number, in_.where()};
        if (made.number >= most_values)
            in_.fail_at(made.where, "value numbers are less than " + std::to_string(most_values));
        in_.take();
        return made;
    }
    /// Of this number, which nothing has yet.
    value new_value(std::uint64_t number, location where) {
        const value made(static_cast<std::size_t>(number));
        if (is_defined(made))
            in_.fail_at(where, "v" + std::to_string(number) + " is defined a second time");
        return made;
    }
    bool is_defined(value which) const noexcept {
        return which.index() < made_.value_count() && made_[which].is != value_data::kind::unused;
    }
    /// To be used: it may be defined later.
    value read_value() {
        const auto used = read_value_number();
        const value made(static_cast<std::size_t>(used.number));
        if (!is_defined(made)) uses_.push_back(used);
        return made;
    }

    use read_block_number(std::string_view expected) {
        const auto number = in_.numbered("block");
        if (!number) in_.fail(expected);
        const use made{*number, in_.where()};
        if (made.number >= most_blocks)
            in_.fail_at(made.where, "block numbers are less than " + std::to_string(most_blocks));
        in_.take();
        return made;
    }
    /// To begin here.
    block new_block(const use& named) {
        const block made(static_cast<std::size_t>(named.number));
        made_.reserve_block(made);
        if (made_.is_placed(made))
            in_.fail_at(named.where,
                        "block" + std::to_string(named.number) + " is defined a second time");
        made_.place_at_end(made);
        return made;
    }
    /// To branch to: it may be defined later.
    block read_block() {
        const auto used = read_block_number("a block, such as block1");
        const block made(static_cast<std::size_t>(used.number));
        made_.reserve_block(made);
        if (!made_.is_placed(made)) block_uses_.push_back(used);
        return made;
    }

    /// Whether all that was used was defined in the end; throws text::error.
    void require_all() const {
        for (const auto& [number, where] : uses_)
            if (!is_defined(value(static_cast<std::size_t>(number))))
                in_.fail_at(where,
                            "v" + std::to_string(number) + " is not defined in this function");
        for (const auto& [number, where] : block_uses_)
            if (!made_.is_placed(block(static_cast<std::size_t>(number))))
                in_.fail_at(where,
                            "block" + std::to_string(number) + " is not defined in this function");
    }

  private:
    // Numbers as large as these come from no program, and would only make tables large.
    static constexpr std::uint64_t most_values = 1U << 22U;
    static constexpr std::uint64_t most_blocks = 1U << 20U;

    token_stream& in_;
    function& made_;
    palimpsest::detail::dependent<std::vector<use>, Tag>
        uses_;  // of values before their definition
    palimpsest::detail::dependent<std::vector<use>, Tag>
        block_uses_;  // of blocks before their definition
};
using definitions = basic_definitions<>;

}  // namespace palimpsest::ir::text
