// SPDX-License-Identifier: Apache-2.0
// What the driver requires of a program (palimpsest::inlining::InlinableProgram), provided for
// toy::program: with this, every decision policy works on it.
#pragma once

#include <cstddef>
#include <palimpsest/inline/adapter/program_concept.hpp>
#include <range/v3/algorithm/any_of.hpp>
#include <range/v3/algorithm/find.hpp>
#include <range/v3/numeric/accumulate.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/transform.hpp>
#include <span>
#include <string>
#include <vector>

#include "adapter.hpp"

namespace toy {

class whole_program {
    using function_facts = palimpsest::linking::function_facts;

  public:
    using adapter = toy::adapter;
    using found_call = palimpsest::inlining::found_call<adapter>;

    explicit whole_program(program& all) : all_(all) {}

    std::size_t function_count() const { return all_.size(); }
    function& body(std::size_t number) { return all_[number]; }
    static adapter adapter_of(std::size_t) { return {}; }
    const std::string& name(std::size_t number) const { return all_[number].name; }
    /// Calls here name their callees by number, so no function is dropped.
    static function_facts facts(std::size_t) { return {}; }
    std::size_t size(std::size_t number) const {
        return ranges::accumulate(all_[number].order, std::size_t{0}, {}, [&](int block) {
            return all_[number].at(block).instructions.size();
        });
    }

    std::vector<found_call> calls(std::size_t number) const {
        return calls_among(number, all_[number].order.begin(), all_[number].order.end());
    }
    std::vector<found_call> calls_between(std::size_t number, int first, int last) const {
        const auto& order = all_[number].order;
        const auto begin = ranges::find(order, first);
        return calls_among(number, begin, ranges::find(begin, order.end(), last) + 1);
    }
    std::vector<bool> constant_arguments(std::size_t number, int call) const {
        const auto is_constant = [&](int used) {
            return ranges::any_of(all_[number].pool, [&](const instruction& it) {
                return it.result == used && it.op == op::number;
            });
        };
        return all_[number].of(call).uses | ranges::views::transform(is_constant) |
               ranges::to<std::vector>();
    }
    /// Nothing folds in this IR.
    static std::size_t instructions_folded(std::size_t, const std::vector<bool>&) { return 0; }
    std::vector<std::size_t> references(std::size_t number) const {
        const auto all = calls(number);
        return all | ranges::views::transform(&found_call::callee) | ranges::to<std::vector>();
    }
    static void keep(std::span<const bool>) {}

  private:
    using place = std::vector<int>::const_iterator;

    std::vector<found_call> calls_among(std::size_t number, place from, place to) const {
        const auto& f = all_[number];
        std::vector<found_call> made;
        for (; from != to; ++from)
            for (const int it : f.at(*from).instructions)
                if (f.of(it).op == op::call)
                    made.push_back({*from, it, static_cast<std::size_t>(f.of(it).number)});
        return made;
    }

    program& all_;
};

}  // namespace toy
