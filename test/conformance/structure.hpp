// SPDX-License-Identifier: Apache-2.0
// Whether two functions are the same except for the numbers of their values, blocks and
// declarations.
#pragma once

#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/text/printer.hpp>
#include <string>
#include <vector>

namespace palimpsest::test {

class structure_comparison {
    template <class Range>
    static auto list(const Range& range) {
        std::vector<typename Range::iterator::value_type> made;
        for (const auto each : range) made.push_back(each);
        return made;
    }

  public:
    structure_comparison(const ir::function& one, const ir::function& other)
        : one_(one), other_(other), values_(one.value_count()), blocks_(one.block_count()) {}

    /// Where they first differ; empty if they do not.
    std::string difference() {
        if (one_.name != other_.name) return "the names are not the same";
        if (one_.signature != other_.signature) return "the signatures are not the same";
        const auto mine = list(one_.blocks());
        const auto others = list(other_.blocks());
        if (mine.size() != others.size())
            return std::to_string(mine.size()) + " blocks in place of " +
                   std::to_string(others.size());
        for (std::size_t place = 0; place < mine.size(); ++place)
            blocks_[mine[place].index()] = others[place];
        // In any order, a value may be used before the text defines it.
        for (std::size_t place = 0; place < mine.size(); ++place)
            if (!bind_definitions(mine[place], others[place]))
                return "blocks of other shape, number " + std::to_string(place);
        for (std::size_t place = 0; place < mine.size(); ++place) {
            const auto here = list(one_.instructions(mine[place]));
            const auto there = list(other_.instructions(others[place]));
            for (std::size_t number = 0; number < here.size(); ++number)
                if (!same(here[number], there[number]))
                    return "'" + text_of(one_, here[number]) + "' in place of '" +
                           text_of(other_, there[number]) + "'";
        }
        return {};
    }

  private:
    static std::string text_of(const ir::function& of, ir::inst which) {
        std::string made;
        ir::text::printer(made).print(of, which);
        return made;
    }

    bool bind(std::span<const ir::value> mine, std::span<const ir::value> others) {
        if (mine.size() != others.size()) return false;
        for (std::size_t index = 0; index < mine.size(); ++index) {
            if (one_.type_of(mine[index]) != other_.type_of(others[index])) return false;
            values_[mine[index].index()] = others[index];
        }
        return true;
    }
    bool bind_definitions(ir::block mine, ir::block other) {
        if (one_.is_cold(mine) != other_.is_cold(other)) return false;
        if (!bind(one_.parameters(mine), other_.parameters(other))) return false;
        const auto here = list(one_.instructions(mine));
        const auto there = list(other_.instructions(other));
        if (here.size() != there.size()) return false;
        for (std::size_t number = 0; number < here.size(); ++number)
            if (!bind(one_.results(here[number]), other_.results(there[number]))) return false;
        return true;
    }

    bool same(std::span<const ir::value> mine, std::span<const ir::value> others) const {
        if (mine.size() != others.size()) return false;
        for (std::size_t index = 0; index < mine.size(); ++index)
            if (values_[one_.resolve(mine[index]).index()] != other_.resolve(others[index]))
                return false;
        return true;
    }
    bool same(const ir::block_call& mine, const ir::block_call& other) const {
        return blocks_[mine.to.index()] == other.to &&
               same(one_.arguments(mine), other_.arguments(other));
    }
    bool same(ir::inst mine, ir::inst other) const {
        const auto& here = one_[mine];
        const auto& there = other_[other];
        const auto targets = one_.targets(mine);
        const auto others = other_.targets(other);
        if (here.code != there.code || here.type != there.type ||
            here.condition != there.condition || here.trap != there.trap ||
            !same_flags(here.flags, there.flags) || here.immediate != there.immediate ||
            targets.size() != others.size())
            return false;
        for (std::size_t index = 0; index < targets.size(); ++index)
            if (!same(targets[index], others[index])) return false;
        return same(one_.arguments(mine), other_.arguments(other)) && same_reference(here, there);
    }

    bool same_flags(ir::memory_flags mine, ir::memory_flags other) const {
        if (mine.raw() != other.raw()) return false;
        if (!mine.region() || !other.region()) return !mine.region() && !other.region();
        return one_.regions[mine.region()] == other_.regions[other.region()];
    }
    bool same_reference(const ir::instruction& mine, const ir::instruction& other) const {
        switch (ir::describe(mine.code).shape) {
            case ir::format::call:
            case ir::format::function: {
                const auto& here = one_.functions[mine.as<ir::function_ref>()];
                const auto& there = other_.functions[other.as<ir::function_ref>()];
                return here.name == there.name && here.colocated == there.colocated &&
                       one_.signatures[here.signature] == other_.signatures[there.signature];
            }
            case ir::format::call_indirect:
                return one_.signatures[mine.as<ir::signature_ref>()] ==
                       other_.signatures[other.as<ir::signature_ref>()];
            case ir::format::stack:
            case ir::format::stack_store:
                return one_.stack_slots[mine.as<ir::stack_slot>()] ==
                       other_.stack_slots[other.as<ir::stack_slot>()];
            case ir::format::global:
                return one_.globals[mine.as<ir::global_ref>()] ==
                       other_.globals[other.as<ir::global_ref>()];
            default:
                return true;
        }
    }

    const ir::function& one_;
    const ir::function& other_;
    std::vector<ir::value> values_;  // of the other, for one's
    std::vector<ir::block> blocks_;
};

}  // namespace palimpsest::test
