// SPDX-License-Identifier: Apache-2.0
// The interface of a program whose calls the driver decides on: one level above InlinableIr, which
// deals with one function at a time.
#pragma once

#include <concepts>
#include <cstddef>
#include <palimpsest/inline/concepts.hpp>
#include <palimpsest/link/program.hpp>
#include <span>
#include <string_view>

namespace palimpsest::inlining {

/// A call whose callee has a body with the types that the call declares.
template <class Adapter>
struct found_call {
    typename Adapter::block in;
    typename Adapter::instruction call;
    std::size_t callee = 0;  // its number
    unsigned loop_depth = 0;
    bool is_cold = false;
};

/// A list of `Element`: std::vector, or anything else with a size and an index operator.
template <class Type, class Element>
concept ListOf = std::copyable<Type> && requires(const Type& list, std::size_t place) {
    { list.size() } -> std::convertible_to<std::size_t>;
    { list[place] } -> std::convertible_to<Element>;
};

/// A program whose calls an inliner can decide on. Model it to inline over programs in your own IR.
/// Functions are numbered from 0. The calls to decide on are `calls(number)`: those in reachable
/// blocks, in the order of the blocks and of the instructions in them.
template <class Type>
concept InlinableProgram =
    InlinableIr<typename Type::adapter> &&
    /// `number` is less than function_count(), and the other arguments belong to its function.
    requires(Type& program, const Type& asked, std::size_t number,
             typename Type::adapter::block block, typename Type::adapter::instruction call) {
        { asked.function_count() } -> std::convertible_to<std::size_t>;
        { program.body(number) } -> std::same_as<typename Type::adapter::function&>;
        { asked.adapter_of(number) } -> std::same_as<typename Type::adapter>;
        { asked.name(number) } -> std::convertible_to<std::string_view>;
        { asked.facts(number) } -> std::convertible_to<linking::function_facts>;
        /// The size of a function in instructions.
        { asked.size(number) } -> std::convertible_to<std::size_t>;
        { asked.calls(number) } -> ListOf<found_call<typename Type::adapter>>;
        /// The calls in the blocks from one to another, in placement order; their depths are not
        /// read.
        {
            asked.calls_between(number, block, block)
        } -> std::same_as<decltype(asked.calls(number))>;
        /// For each argument of a call, whether it is a constant.
        { asked.constant_arguments(number, call) } -> ListOf<bool>;
        /// The number of instructions of a function that such arguments make constant.
        {
            asked.instructions_folded(number, asked.constant_arguments(number, call))
        } -> std::convertible_to<std::size_t>;
        /// The functions that it calls, or takes the address of.
        { asked.references(number) } -> ListOf<std::size_t>;
        /// Drops the functions that are not marked, and renumbers the others.
        program.keep(std::span<const bool>());
    };

}  // namespace palimpsest::inlining
