// SPDX-License-Identifier: Apache-2.0
// What a random module goes through. It must behave the same afterwards.
//
// A transformation is a type with a `name`, and called with a module and a seed for its own
// choices; it throws if it notices a mistake itself. Add new ones to the list at the end.
#pragma once

#include <boost/hana/flatten.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <cstddef>
#include <cstdint>
#include <palimpsest/inline.hpp>
#include <palimpsest/ir.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "../support/inline_calls.hpp"
#include "../support/walks.hpp"

namespace palimpsest::test {

/// Printed and read again.
struct text_round_trip {
    static constexpr std::string_view name = "text_round_trip";

    void operator()(ir::module& of, std::uint64_t) const {
        const auto text = ir::text::print(of);
        of = ir::text::read_module(text);
        if (ir::text::print(of) != text)
            throw std::runtime_error("what was read prints otherwise:\n" + ir::text::print(of));
    }
};

/// Each call by name of a function that the module has, once; of a recursive one too.
struct inline_every_call {
    static constexpr std::string_view name = "inline_every_call";

    void operator()(ir::module& of, std::uint64_t) const {
        const auto bodies = of;
        for (auto& one : of.functions) inline_calls(one, bodies);
    }
};

/// One after the other, the second on the result of the first.
template <class First, class Second>
struct in_a_row {
    static inline const std::string name =
        std::string(First::name) + ", " + std::string(Second::name);

    void operator()(ir::module& of, std::uint64_t seed) const {
        First()(of, seed);
        Second()(of, seed);
    }
};

// The names by which reports speak of decisions and passes.

using small_callee = decide::small_callee<12>;
using sum_limit = decide::sum_limit<40>;
using composed = decide::remark<
    decide::revisit<decide::any_of<decide::all_of<decide::sum_limit<60>, decide::inter_module>,
                                   decide::not_<decide::builtins_only>>>>;

template <class>
inline constexpr std::string_view name_of{};
template <>
inline constexpr std::string_view name_of<pass::none> = "none";
template <>
inline constexpr std::string_view name_of<pass::alias_resolution> = "alias_resolution";
template <>
inline constexpr std::string_view name_of<pass::block_merging> = "block_merging";
template <>
inline constexpr std::string_view name_of<pass::branch_folding> = "branch_folding";
template <>
inline constexpr std::string_view name_of<pass::constant_folding> = "constant_folding";
template <>
inline constexpr std::string_view name_of<pass::constant_parameters> = "constant_parameters";
template <>
inline constexpr std::string_view name_of<pass::dead_code> = "dead_code";
template <>
inline constexpr std::string_view name_of<pass::load_elimination> = "load_elimination";
template <>
inline constexpr std::string_view name_of<pass::value_numbering> = "value_numbering";
template <>
inline constexpr std::string_view name_of<pass::standard> = "standard";
template <>
inline constexpr std::string_view name_of<decide::never> = "never";
template <>
inline constexpr std::string_view name_of<decide::always> = "always";
template <>
inline constexpr std::string_view name_of<decide::builtins_only> = "builtins_only";
template <>
inline constexpr std::string_view name_of<decide::inter_module> = "inter_module";
template <>
inline constexpr std::string_view name_of<small_callee> = "small_callee";
template <>
inline constexpr std::string_view name_of<sum_limit> = "sum_limit";
template <>
inline constexpr std::string_view name_of<decide::single_call_site> = "single_call_site";
template <>
inline constexpr std::string_view name_of<decide::constant_arguments> = "constant_arguments";
template <>
inline constexpr std::string_view name_of<decide::benefit<>> = "benefit";
template <>
inline constexpr std::string_view name_of<composed> = "remark<revisit<any_of<all_of, not_>>>";

/// The verifier accepts the result of inlining, and then that of the passes.
template <class Pipeline>
struct checked {
    bool operator()(ir::function& of) const {
        require_well_formed(of, "after inlining");
        const bool changed = Pipeline()(of);
        require_well_formed(of, "after the passes");
        return changed;
    }

  private:
    static void require_well_formed(const ir::function& of, const char* when) {
        for (const auto& one : ir::verify(of)) throw std::runtime_error(one.text + ", " + when);
    }
};

/// A pass on each function.
template <class Pass>
struct pass_on_each {
    static inline const std::string name = "pass::" + std::string(name_of<Pass>);

    void operator()(ir::module& of, std::uint64_t) const {
        for (auto& one : of.functions) Pass()(one);
    }
};

/// Inlines by a decision, with passes or without. Which functions are private, builtins, and of
/// which module, is drawn by lot; the first is public, as somebody has to call it.
template <class Decision, class Pipeline>
struct inlined_by {
    static inline const std::string name =
        "decide::" + std::string(name_of<Decision>) + ", pass::" + std::string(name_of<Pipeline>);

    void operator()(ir::module& of, std::uint64_t seed) const {
        std::minstd_rand random(static_cast<unsigned>(seed));
        linking::program all{std::move(of), {}};
        for (std::size_t number = 0; number < all.code.functions.size(); ++number) {
            linking::function_facts facts;
            facts.module = static_cast<std::uint32_t>(random() % 2);
            facts.is_builtin = random() % 3 == 0;
            facts.is_private = number != 0 && random() % 4 != 0;
            all.facts.push_back(facts);
        }
        inlining::inliner<Decision, checked<Pipeline>>({}, {.instructions = 3'000})(all);
        of = std::move(all.code);
    }
};

/// With passes, and without.
template <class Decision>
inline constexpr auto inlined_both_ways =
    boost::hana::tuple_t<inlined_by<Decision, pass::none>, inlined_by<Decision, pass::standard>>;

inline constexpr auto transformations = boost::hana::flatten(boost::hana::make_tuple(
    boost::hana::tuple_t<text_round_trip, inline_every_call,
                         in_a_row<inline_every_call, text_round_trip>>,
    boost::hana::tuple_t<pass_on_each<pass::alias_resolution>, pass_on_each<pass::block_merging>,
                         pass_on_each<pass::branch_folding>, pass_on_each<pass::constant_folding>,
                         pass_on_each<pass::constant_parameters>, pass_on_each<pass::dead_code>,
                         pass_on_each<pass::load_elimination>, pass_on_each<pass::value_numbering>,
                         pass_on_each<pass::standard>>,
    inlined_both_ways<decide::never>, inlined_both_ways<decide::always>,
    inlined_both_ways<decide::builtins_only>, inlined_both_ways<decide::inter_module>,
    inlined_both_ways<small_callee>, inlined_both_ways<sum_limit>,
    inlined_both_ways<decide::single_call_site>, inlined_both_ways<decide::constant_arguments>,
    inlined_both_ways<decide::benefit<>>, inlined_both_ways<composed>));

/// Wrong on purpose, to check that it is found: additions become subtractions.
struct mistaken {
    static constexpr std::string_view name = "mistaken";

    void operator()(ir::module& of, std::uint64_t) const {
        for (auto& function : of.functions)
            for (const auto one : all_instructions(function))
                if (function[one].code == ir::opcode::iadd) function[one].code = ir::opcode::isub;
    }
};

/// Wrong on purpose: calls are dropped, and their results are no longer defined.
struct malforming {
    static constexpr std::string_view name = "malforming";

    void operator()(ir::module& of, std::uint64_t) const {
        for (auto& function : of.functions)
            for (const auto in : function.blocks()) {
                std::vector<ir::inst> calls;
                for (const auto one : function.call_sites(in))
                    if (!ir::ends_block(function[one].code)) calls.push_back(one);
                for (const auto one : calls) function.remove(in, one);
            }
    }
};

}  // namespace palimpsest::test
