// SPDX-License-Identifier: Apache-2.0
// A function: tables of what it refers to, and a sequence of blocks of instructions.
//
//     function
//       signatures  function references  stack slots  globals  alias regions
//       blocks         in a list, the entry first ......... block_data: first and last instruction
//       instructions   each block's in a list ............. instruction: opcode and runs of a pool
//       values         results, block parameters, aliases
//       pools          arguments, results, parameters | blocks that branches go to
//
// Everything is an index into a table, so a function is copied by copying vectors, and a block is
// split by changing three links. No two lists share entries of a pool: a list is shortened in
// place, and one that grows moves to the end of the pool.
//
// A function may be malformed, as ir::verify says; nothing here checks that.
//
// Many classes of the IR and the inliner are templates with one instance, basic_x<>, which is named
// x. A file that includes them thus pays for parsing them, and only one that uses them pays for
// compiling them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/declarations.hpp>
#include <palimpsest/ir/entity.hpp>
#include <palimpsest/ir/instruction.hpp>
#include <palimpsest/ir/linked_view.hpp>
#include <palimpsest/ir/signature.hpp>
#include <palimpsest/light_vector.hpp>
#include <span>
#include <string>
#include <utility>

namespace palimpsest::ir {

/// The type of a value, and where it comes from.
struct value_data {
    /// Says where a value comes from; `unused` if nothing defines it.
    enum class kind : std::uint8_t { unused, result, parameter, alias };

    kind is = kind::unused;
    ir::type type = ir::type::none;
    std::uint16_t number = 0;  // among the results or parameters
    std::uint32_t of = 0;      // the instruction, the block, or the value it stands for
};

/// A row of the table of blocks: the links to its instructions and to the blocks around it.
struct block_data {
    inst first;
    inst last;
    block previous;
    block next;
    pool_run parameters;
    bool cold = false;
    bool placed = false;
};

/// A function of the IR, used as ir::function. It owns everything in it, and is copied and moved
/// like a value. Nothing here checks: members take entities of this function, and ir::verify tells
/// whether the whole is well-formed. Spans of lists are valid until the function changes. Many
/// threads may read it at once if none changes it. To write one, ir::function_builder is easier.
template <class Tag = void>
class basic_function {
    /// The neighbours of an instruction in its block.
    struct links {
        inst previous;
        inst next;
    };
    /// Leads from a block to the next one.
    struct next_block {
        const basic_function* of = nullptr;
        block operator()(block at) const noexcept { return of->blocks_[at].next; }
    };
    /// Leads from an instruction to the next one.
    struct next_inst {
        const basic_function* of = nullptr;
        inst operator()(inst at) const noexcept { return of->links_[at].next; }
    };
    /// Leads from a call by name to the next one.
    struct next_call {
        const basic_function* of = nullptr;
        inst operator()(inst at) const noexcept { return from(of->links_[at].next); }
        /// The first call by name, from `at` on.
        inst from(inst at) const noexcept {
            while (at && describe(of->instructions_[at].code).shape != format::call)
                at = of->links_[at].next;
            return at;
        }
    };

  public:
    basic_function() = default;
    basic_function(const basic_function&) = default;
    basic_function(basic_function&&) noexcept = default;
    basic_function& operator=(const basic_function&) = default;
    basic_function& operator=(basic_function&&) noexcept = default;
    // Many places destroy functions, and each would have the code for all tables.
    [[gnu::noinline]] ~basic_function() = default;
    basic_function(std::string called, ir::signature as)
        : name(std::move(called)), signature(std::move(as)) {}

    std::string name;
    ir::signature signature;
    palimpsest::detail::dependent<entity_table<signature_ref, ir::signature>, Tag> signatures;
    palimpsest::detail::dependent<entity_table<function_ref, function_ref_data>, Tag> functions;
    palimpsest::detail::dependent<entity_table<stack_slot, stack_slot_data>, Tag> stack_slots;
    palimpsest::detail::dependent<entity_table<global_ref, global_data>, Tag> globals;
    palimpsest::detail::dependent<entity_table<alias_region, alias_region_data>, Tag> regions;

    // Blocks.

    /// Makes a block that is not placed among the others yet.
    block make_block() { return blocks_.add({}); }
    /// Makes a block, and places it after all others.
    block append_block() {
        const auto made = make_block();
        place_at_end(made);
        return made;
    }
    void place_at_end(block which) noexcept { place_before(which, block()); }
    /// Places a block directly after `before`, which must be placed.
    void place_after(block which, block before) noexcept {
        place_before(which, blocks_[before].next);
    }
    /// Places a block directly before `behind`, or at the end if that is no block. It must not be
    /// placed already.
    [[gnu::noinline]] void place_before(block which, block behind) noexcept {
        const auto before = behind ? blocks_[behind].previous : last_block_;
        auto& data = blocks_[which];
        data.previous = before;
        data.next = behind;
        data.placed = true;
        (before ? blocks_[before].next : first_block_) = which;
        (behind ? blocks_[behind].previous : last_block_) = which;
    }
    /// Takes a block out of the order, with its instructions. It keeps its number, and can be
    /// placed again.
    [[gnu::noinline]] void remove(block which) noexcept {
        auto& data = blocks_[which];
        (data.previous ? blocks_[data.previous].next : first_block_) = data.next;
        (data.next ? blocks_[data.next].previous : last_block_) = data.previous;
        data.placed = false;
    }

    /// The placed blocks, in order, the entry first.
    auto blocks() const noexcept {
        return linked_view<block, next_block>(first_block_, next_block{this});
    }
    block entry() const noexcept { return first_block_; }
    block last_block() const noexcept { return last_block_; }
    block next(block which) const noexcept { return blocks_[which].next; }
    bool is_placed(block which) const noexcept {
        return blocks_.has(which) && blocks_[which].placed;
    }
    /// Whether the block is marked as executed rarely.
    bool is_cold(block which) const noexcept { return blocks_[which].cold; }
    void set_cold(block which, bool cold = true) noexcept { blocks_[which].cold = cold; }
    /// The number of all blocks ever made, placed or not: the size for a table by block.
    std::size_t block_count() const noexcept { return blocks_.size(); }

    /// Adds a parameter to a block. Branches to it then need one more argument.
    [[gnu::noinline]] value append_parameter(block of, ir::type type) {
        auto& parameters = blocks_[of].parameters;
        const auto made = values_.add({value_data::kind::parameter, type,
                                       static_cast<std::uint16_t>(parameters.count),
                                       static_cast<std::uint32_t>(of.index())});
        append_to(parameters, made);
        return made;
    }
    std::span<const value> parameters(block of) const noexcept {
        return list(blocks_[of].parameters);
    }

    /// Drops the parameters of a block for whose index `keep` returns false. They must have no use,
    /// unless they were made aliases before. The caller must drop the arguments of branches too.
    template <class Keep>
    void retain_parameters(block of, Keep&& keep) {
        auto& run = blocks_[of].parameters;
        retain(run, [&, place = std::size_t{0}](value one) mutable {
            const bool kept = keep(place++);
            if (!kept && values_[one].is == value_data::kind::parameter) forget(one);
            return kept;
        });
        for (std::uint32_t place = 0; place < run.count; ++place)
            values_[pool_[run.begin + place]].number = static_cast<std::uint16_t>(place);
    }
    /// Drops the arguments of a branch for whose index `keep` returns false.
    template <class Keep>
    void retain_arguments(block_call& of, Keep&& keep) {
        retain(of.arguments, [&, place = std::size_t{0}](value) mutable { return keep(place++); });
    }

    // Instructions.

    /// Makes an instruction that is in no block yet, and has no results.
    [[gnu::noinline]] inst make(const instruction& data) {
        links_.add({});
        return instructions_.add(data);
    }
    /// Makes an instruction at the end of a block, without results.
    [[gnu::noinline]] inst append(block to, const instruction& data) {
        const auto made = make(data);
        insert_before(to, made, inst());
        return made;
    }
    /// Puts an instruction that is in no block before `behind`, or at the end of the block if that
    /// is no instruction.
    [[gnu::noinline]] void insert_before(block to, inst which, inst behind) noexcept {
        auto& data = blocks_[to];
        const auto before = behind ? links_[behind].previous : data.last;
        links_[which] = {before, behind};
        (before ? links_[before].next : data.first) = which;
        (behind ? links_[behind].previous : data.last) = which;
    }
    /// Takes an instruction out of its block. It still defines its results.
    [[gnu::noinline]] void remove(block from, inst which) noexcept {
        auto& data = blocks_[from];
        const auto [before, behind] = links_[which];
        (before ? links_[before].next : data.first) = behind;
        (behind ? links_[behind].previous : data.last) = before;
    }
    /// Removes an instruction together with its results. These must have no use, unless they were
    /// made aliases before.
    [[gnu::noinline]] void erase(block from, inst which) noexcept {
        remove(from, which);
        for (const auto one : results(which))
            if (values_[one].is == value_data::kind::result) forget(one);
    }
    /// Moves `first` and all instructions after it to the block `to`, which has none yet. Takes
    /// constant time, whatever their number.
    void split(block from, inst first, block to) noexcept {
        auto& source = blocks_[from];
        auto& target = blocks_[to];
        const auto before = links_[first].previous;
        target.first = first;
        target.last = source.last;
        links_[first].previous = inst();
        source.last = before;
        (before ? links_[before].next : source.first) = inst();
    }

    /// Moves all instructions of `from`, which has some, to the end of `to`. Takes constant time,
    /// whatever their number.
    void join(block to, block from) noexcept {
        auto& target = blocks_[to];
        auto& source = blocks_[from];
        links_[source.first].previous = target.last;
        (target.last ? links_[target.last].next : target.first) = source.first;
        target.last = source.last;
        source.first = source.last = inst();
    }

    /// The instructions of a block, in order.
    auto instructions(block of) const noexcept {
        return linked_view<inst, next_inst>(blocks_[of].first, next_inst{this});
    }
    inst first(block of) const noexcept { return blocks_[of].first; }
    inst last(block of) const noexcept { return blocks_[of].last; }
    inst next(inst which) const noexcept { return links_[which].next; }
    inst previous(inst which) const noexcept { return links_[which].previous; }
    /// The number of all instructions ever made, including removed ones: the size for a table by
    /// inst.
    std::size_t instruction_count() const noexcept { return instructions_.size(); }

    instruction& operator[](inst which) noexcept { return instructions_[which]; }
    const instruction& operator[](inst which) const noexcept { return instructions_[which]; }

    /// The calls of a block that name their callee, including tail calls, in order.
    auto call_sites(block of) const noexcept {
        const next_call next{this};
        return linked_view<inst, next_call>(next.from(blocks_[of].first), next);
    }

    /// Adds a result to an instruction.
    [[gnu::noinline]] value append_result(inst of, ir::type type) {
        auto& results = instructions_[of].results;
        const auto made =
            values_.add({value_data::kind::result, type, static_cast<std::uint16_t>(results.count),
                         static_cast<std::uint32_t>(of.index())});
        append_to(results, made);
        return made;
    }
    std::span<const value> results(inst of) const noexcept {
        return list(instructions_[of].results);
    }
    /// The operands of an instruction. They may be aliases: see resolve().
    std::span<const value> arguments(inst of) const noexcept {
        return list(instructions_[of].arguments);
    }
    std::span<value> arguments(inst of) noexcept { return list(instructions_[of].arguments); }
    /// The blocks that an instruction branches to, with the arguments for each.
    std::span<const block_call> targets(inst of) const noexcept {
        const auto run = instructions_[of].targets;
        return {targets_.begin() + run.begin, run.count};
    }
    std::span<block_call> targets(inst of) noexcept {
        const auto run = instructions_[of].targets;
        return {targets_.begin() + run.begin, run.count};
    }
    std::span<const value> arguments(const block_call& of) const noexcept {
        return list(of.arguments);
    }
    std::span<value> arguments(const block_call& of) noexcept { return list(of.arguments); }

    // Values.

    const value_data& operator[](value which) const noexcept { return values_[which]; }
    ir::type type_of(value which) const noexcept { return values_[which].type; }
    /// The number of all values ever made: the size for a table by value.
    std::size_t value_count() const noexcept { return values_.size(); }
    /// The value that an alias ultimately stands for; other values stand for themselves. Takes time
    /// linear in the chain of aliases.
    value resolve(value which) const noexcept {
        while (values_[which].is == value_data::kind::alias) which = value(values_[which].of);
        return which;
    }
    /// The same, and makes the aliases on the way direct aliases of that value: resolving all of a
    /// long chain takes time linear in its length.
    [[gnu::noinline]] value resolve_shortening(value which) noexcept {
        const auto found = resolve(which);
        while (which != found) {
            const value next(values_[which].of);
            values_[which].of = static_cast<std::uint32_t>(found.index());
            which = next;
        }
        return found;
    }
    /// Makes a value undefined. It must have no use.
    void forget(value which) noexcept { values_[which] = {}; }
    /// Makes `which` another name of `target`, which must not lead back to it.
    void make_alias(value which, value target) noexcept {
        values_[which] = {value_data::kind::alias, values_[target].type, 0,
                          static_cast<std::uint32_t>(target.index())};
    }

    // Values, blocks and so on with numbers that the caller chooses, for a reader of text.

    /// Makes sure that a block with this number exists. A new one is not placed yet.
    void reserve_block(block which) {
        if (!blocks_.has(which)) blocks_.resize(which.index() + 1);
    }
    /// Sets the data of the value with this number, extending the table if needed.
    void define_value(value which, value_data data) {
        if (!values_.has(which)) values_.resize(which.index() + 1);
        values_[which] = data;
    }
    /// Adds the value with this number as a parameter of a block.
    void adopt_parameter(block of, value which, ir::type type) {
        auto& parameters = blocks_[of].parameters;
        define_value(
            which, {value_data::kind::parameter, type, static_cast<std::uint16_t>(parameters.count),
                    static_cast<std::uint32_t>(of.index())});
        append_to(parameters, which);
    }
    /// Adds the value with this number as a result of an instruction.
    void adopt_result(inst of, value which, ir::type type) {
        auto& results = instructions_[of].results;
        define_value(which,
                     {value_data::kind::result, type, static_cast<std::uint16_t>(results.count),
                      static_cast<std::uint32_t>(of.index())});
        append_to(results, which);
    }

    // Pools.

    /// Adds a list of values to the pool, and returns its run. `all` may be a list of this
    /// function.
    [[gnu::noinline]] pool_run add_values(std::span<const value> all) {
        const pool_run made{static_cast<std::uint32_t>(pool_.size()),
                            static_cast<std::uint32_t>(all.size())};
        pool_.append(all.data(), all.size());
        return made;
    }
    /// Adds a list of block calls to their pool. `all` must not be a list of this function.
    [[gnu::noinline]] pool_run add_targets(std::span<const block_call> all) {
        const pool_run made{static_cast<std::uint32_t>(targets_.size()),
                            static_cast<std::uint32_t>(all.size())};
        targets_.append(all.data(), all.size());
        return made;
    }
    /// Adds the values to which `map` maps those of `all`, which belong to another function.
    template <class Map>
    pool_run add_values(std::span<const value> all, Map&& map) {
        const auto begin = pool_.size();
        for (const auto one : all) pool_.push_back(map(one));
        return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(all.size())};
    }
    /// Adds the block calls to which `map` maps those of `all`, which belong to another function.
    template <class Map>
    pool_run add_targets(std::span<const block_call> all, Map&& map) {
        const auto begin = targets_.size();
        for (const auto& one : all) targets_.push_back(map(one));
        return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(all.size())};
    }
    /// The values of a run of the pool.
    std::span<const value> list(pool_run run) const noexcept {
        return {pool_.begin() + run.begin, run.count};
    }
    std::span<value> list(pool_run run) noexcept { return {pool_.begin() + run.begin, run.count}; }

  private:
    /// First moves the list to the end of the pool, unless it is there already.
    [[gnu::noinline]] void append_to(pool_run& run, value added) {
        if (run.begin + run.count != pool_.size()) run = add_values(list(run));
        pool_.push_back(added);
        ++run.count;
    }

    template <class Keep>
    void retain(pool_run& run, Keep&& keep) {
        std::uint32_t kept = 0;
        for (std::uint32_t place = 0; place < run.count; ++place) {
            const auto one = pool_[run.begin + place];
            if (keep(one)) pool_[run.begin + kept++] = one;
        }
        run.count = kept;
    }

    palimpsest::detail::dependent<entity_table<block, block_data>, Tag> blocks_;
    palimpsest::detail::dependent<entity_table<inst, instruction>, Tag> instructions_;
    palimpsest::detail::dependent<entity_table<inst, links>, Tag> links_;
    palimpsest::detail::dependent<entity_table<value, value_data>, Tag> values_;
    light_vector<value> pool_;
    light_vector<block_call> targets_;
    block first_block_;
    block last_block_;
};
using function = basic_function<>;

}  // namespace palimpsest::ir
