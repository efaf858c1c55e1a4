// SPDX-License-Identifier: Apache-2.0
// How the driver accesses functions of the library's own IR.
#pragma once

#include <algorithm>
#include <cstddef>
#include <palimpsest/detail/concatenate.hpp>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/detail/name_table.hpp>
#include <palimpsest/inline/adapter/folded_instructions.hpp>
#include <palimpsest/inline/adapter/ir_adapter.hpp>
#include <palimpsest/inline/adapter/program_concept.hpp>
#include <palimpsest/ir/analysis/dominators.hpp>
#include <palimpsest/ir/analysis/loops.hpp>
#include <palimpsest/ir/module.hpp>
#include <palimpsest/light_vector.hpp>
#include <palimpsest/link/program.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace palimpsest::inlining {

/// The InlinableProgram for functions of the library's IR, which must be well-formed and outlive
/// it. Calls find their callees by name: a call is a call site if a function has its callee's name
/// and the types that the call declares.
template <class Tag = void>
class basic_program_adapter {
  public:
    using adapter = ir_adapter;

    /// Marks in `facts` the functions whose address is taken. Throws std::invalid_argument if two
    /// functions have the same name, or `facts` does not have one entry for each function.
    basic_program_adapter(ir::module& code, light_vector<linking::function_facts>& facts)
        : code_(code), facts_(facts) {
        if (facts.size() != code.functions.size())
            throw std::invalid_argument(palimpsest::detail::concatenate(
                {"palimpsest: inlining: facts of ", facts.size(), " functions, of which ",
                 code.functions.size(), " are there"}));
        number_functions();
        note_addresses();
    }
    explicit basic_program_adapter(linking::program& of)
        : basic_program_adapter(of.code, of.facts) {}

    std::size_t function_count() const noexcept { return code_.functions.size(); }
    ir::function& body(std::size_t number) noexcept { return code_.functions[number]; }
    ir_adapter adapter_of(std::size_t number) const { return ir_adapter(function_at(number)); }
    std::string_view name(std::size_t number) const noexcept { return function_at(number).name; }
    const linking::function_facts& facts(std::size_t number) const noexcept {
        return facts_[number];
    }

    /// The number of instructions of a function.
    std::size_t size(std::size_t number) const {
        std::size_t count = 0;
        const auto& of = function_at(number);
        for (const auto in : of.blocks())
            for (const auto which : of.instructions(in)) count += which ? 1 : 0;
        return count;
    }

    /// The call sites in blocks that can be reached, with the depths of the loops around them.
    light_vector<found_call<adapter>> calls(std::size_t number) const {
        light_vector<found_call<adapter>> made;
        const auto& of = function_at(number);
        if (!has_calls(of)) return made;  // many functions have none and need no search for loops
        const ir::analysis::dominators tree(of);
        const ir::analysis::loops loops(of, tree);
        for (const auto in : of.blocks())
            if (tree.is_reachable(in)) append_calls(made, of, in, loops.depth(in));
        return made;
    }
    /// The call sites in the blocks from `first` to `last`, without depths of loops.
    light_vector<found_call<adapter>> calls_between(std::size_t number, ir::block first,
                                                    ir::block last) const {
        light_vector<found_call<adapter>> made;
        const auto& of = function_at(number);
        for (auto in = first;; in = of.next(in)) {
            append_calls(made, of, in, 0);
            if (in == last) return made;
        }
    }

    /// For each argument of a call, whether it is a constant.
    light_vector<bool> constant_arguments(std::size_t number, ir::inst call) const {
        const auto& of = function_at(number);
        light_vector<bool> made;
        for (const auto one : of.arguments(call)) {
            const auto& data = of[of.resolve(one)];
            made.push_back(data.is == ir::value_data::kind::result &&
                           ir::is_constant(of[ir::inst(data.of)].code));
        }
        return made;
    }
    /// See count_folded_instructions().
    std::size_t instructions_folded(std::size_t number, const light_vector<bool>& constant) const {
        return count_folded_instructions(function_at(number), constant);
    }

    /// The numbers of the functions that it calls, or takes the address of; some appear more than
    /// once.
    light_vector<std::size_t> references(std::size_t number) const {
        light_vector<std::size_t> made;
        for_each_reference(function_at(number), [&](std::size_t to, bool) { made.push_back(to); });
        return made;
    }
    /// Drops the functions that are not marked, and renumbers the others.
    void keep(std::span<const bool> kept) {
        const auto drop = [&](auto& list) {
            std::size_t left = 0;
            for (std::size_t number = 0; number < kept.size(); ++number)
                if (kept[number] && left++ != number) list[left - 1] = std::move(list[number]);
            while (list.size() > left) list.pop_back();
        };
        drop(code_.functions);
        drop(facts_);
        number_functions();
    }

  private:
    const ir::function& function_at(std::size_t number) const noexcept {
        return code_.functions[number];
    }

    void number_functions() {
        numbers_.clear();
        for (std::size_t number = 0; number < code_.functions.size(); ++number)
            if (!numbers_.add(code_.functions[number].name, number))
                throw std::invalid_argument(palimpsest::detail::concatenate(
                    {"palimpsest: inlining: two functions are called %",
                     code_.functions[number].name}));
    }
    void note_addresses() {
        for (const auto& of : code_.functions)
            for_each_reference(of, [&](std::size_t to, bool is_address) {
                if (is_address) facts_[to].is_address_taken = true;
            });
    }
    template <class Visit>
    void for_each_reference(const ir::function& of, Visit&& visit) const {
        for (const auto in : of.blocks())
            for (const auto which : of.instructions(in)) {
                const auto shape = ir::describe(of[which].code).shape;
                const bool is_address = shape == ir::format::function;
                if (!is_address && shape != ir::format::call) continue;
                const auto to = numbers_.find(of.functions[of[which].as<ir::function_ref>()].name);
                if (to) visit(*to, is_address);
            }
    }

    static bool has_calls(const ir::function& of) {
        const auto all = of.blocks();
        return std::any_of(all.begin(), all.end(),
                           [&](ir::block in) { return !of.call_sites(in).empty(); });
    }
    void append_calls(light_vector<found_call<adapter>>& to, const ir::function& of, ir::block in,
                      unsigned loop_depth) const {
        for (const auto call : of.call_sites(in)) {
            const auto& declared = of.functions[of[call].as<ir::function_ref>()];
            const auto callee = numbers_.find(declared.name);
            if (!callee) continue;
            if (ir::same_types(of.signatures[declared.signature], function_at(*callee).signature))
                to.push_back({in, call, *callee, loop_depth, of.is_cold(in)});
        }
    }

    ir::module& code_;
    light_vector<linking::function_facts>& facts_;
    palimpsest::detail::basic_name_table<Tag> numbers_;
};
using program_adapter = basic_program_adapter<>;

}  // namespace palimpsest::inlining
