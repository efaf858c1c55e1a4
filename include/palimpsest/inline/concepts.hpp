// SPDX-License-Identifier: Apache-2.0
// The interface of an IR whose functions can be inlined into each other.
//
// An *adapter* stands between inline_call() and an IR: it lives as long as one caller is worked on,
// and may remember what it merged into it. Blocks hold instructions, take parameters, and end with
// a branch or a return; nothing else is required of the IR.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>

namespace palimpsest::inlining {

/// Tells inline_call() how to copy an instruction.
enum class instruction_role : std::uint8_t {
    plain,      // copied unchanged; so are branches, with their blocks remapped
    returns,    // returns its operands to the caller
    calls_last  // returns another function's results to the caller
};

namespace detail {
/// Stands for the maps of inline_call(), of whatever type they are.
template <class Adapter>
struct some_remap {
    typename Adapter::value value_of(typename Adapter::value) const;
    typename Adapter::block block_of(typename Adapter::block) const;
    void bind_value(typename Adapter::value, typename Adapter::value);
};
}  // namespace detail

/// An adapter for an IR. Model it to inline calls in your own IR. Caller and callee are functions
/// of one type. Entities are small and are copied; they have a dense `index(entity)`, less than
/// `value_count` or `block_count`.
template <class Adapter>
concept InlinableIr =
    requires(Adapter& ir, const Adapter& asked, typename Adapter::function& caller,
             const typename Adapter::function& callee, typename Adapter::block block,
             typename Adapter::instruction instruction, typename Adapter::value value,
             detail::some_remap<Adapter>& remap, std::span<const typename Adapter::value> values) {
        // Inspecting a function.
        { asked.entry(callee) } -> std::same_as<typename Adapter::block>;
        asked.blocks(callee);
        asked.successors(callee, block);
        asked.parameters(callee, block);
        asked.instructions(callee, block);
        { asked.value_count(callee) } -> std::convertible_to<std::size_t>;
        { asked.block_count(callee) } -> std::convertible_to<std::size_t>;
        { asked.index(value) } -> std::convertible_to<std::size_t>;
        { asked.index(block) } -> std::convertible_to<std::size_t>;
        { asked.role(callee, instruction) } -> std::same_as<instruction_role>;
        asked.returned(callee, instruction);
        // Inspecting a call.
        { asked.is_tail_call(caller, instruction) } -> std::same_as<bool>;
        asked.call_arguments(caller, instruction);
        asked.call_results(caller, instruction);
        // Changing the caller. For each inlined call, `begin` comes before any other change of the
        // caller, and names the block that contains the call. `split_behind` comes next, except for
        // tail calls, then `new_block` for each block of the callee, and `erase` of the call before
        // those blocks are filled. A new block is placed after the named one.
        ir.begin(caller, block, callee);
        { ir.new_block(caller, block, callee, block) } -> std::same_as<typename Adapter::block>;
        { ir.split_behind(caller, block, instruction) } -> std::same_as<typename Adapter::block>;
        { ir.add_parameter(caller, block, callee, value) } -> std::same_as<typename Adapter::value>;
        ir.append_copy(caller, block, callee, instruction, remap);
        ir.append_jump(caller, block, block, values);
        ir.append_call(caller, block, callee, instruction, remap);
        ir.replace(caller, value, value);
        ir.erase(caller, block, instruction);
    };

}  // namespace palimpsest::inlining
