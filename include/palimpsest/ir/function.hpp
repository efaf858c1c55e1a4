// SPDX-License-Identifier: Apache-2.0
// A function: tables of what it refers to, and blocks of instructions in an order.
//
//     function
//       signatures  function references  stack slots  globals  alias regions
//       blocks         in a list, the entry first ......... block_data: first and last instruction
//       instructions   each block's in a list ............. instruction: opcode and runs of a pool
//       values         results, block parameters, aliases
//       pools          arguments, results, parameters | blocks that branches go to
//
// Everything is an index into a table, so that a function is copied by copying vectors, and a block
// is split by changing three links. No two lists of the pools have entries in common: a list is
// shortened where it is, and who makes one longer writes a new one behind.
//
// A function may be malformed, as ir::verify says; nothing here checks.
//
// Many classes of the IR and the inliner are templates with one instance, basic_x<>, that goes by
// the name x. So whoever includes them pays for reading them, and only who uses them for compiling.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/ir/entity.hpp>
#include <palimpsest/ir/instruction.hpp>
#include <palimpsest/ir/signature.hpp>
#include <range/v3/range_fwd.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace palimpsest::ir {

struct stack_slot_data {
    std::uint32_t size = 0;  // bytes
    std::uint8_t align_log2 = 0;

    static constexpr std::uint32_t most_size = 1U << 30U;
    static constexpr std::uint8_t most_align_log2 = 16;

    friend bool operator==(const stack_slot_data&, const stack_slot_data&) = default;
};

/// A function that is called, by its name.
struct function_ref_data {
    std::string name;
    signature_ref signature;
    bool colocated = false;

    /// Whether it stands for a number that text left out; nobody may refer to it.
    bool is_left_out() const noexcept { return !signature && name.empty(); }

    friend bool operator==(const function_ref_data&, const function_ref_data&) = default;
};

/// An address or a value that is known once the function runs.
struct global_data {
    enum class kind : std::uint8_t { vmctx, symbol, load, add };
    static constexpr std::size_t most_bases = 100;  // one behind the other

    kind is = kind::vmctx;
    global_ref base{};        // of load and add
    std::int64_t offset = 0;  // of all but vmctx
    ir::type type = ir::type::i64;
    memory_flags flags{};
    std::string symbol{};
    bool colocated = false;

    friend bool operator==(const global_data&, const global_data&) = default;
};

/// An alias region: memory that accesses of other regions do not touch. The number tells which one
/// it is in the whole program, so that regions of functions that are inlined into each other are
/// the same where their numbers are; in one function each has another. The name is for people, and
/// nothing depends on it.
struct alias_region_data {
    static constexpr std::uint64_t most_number = 0xffff'ffff;

    std::uint64_t number = most_number + 1;
    std::string name{};  // without quotation marks

    /// Whether it stands for a region that text left out; no access may be in it.
    bool is_left_out() const noexcept { return number > most_number; }

    friend bool operator==(const alias_region_data&, const alias_region_data&) = default;
};

struct value_data {
    enum class kind : std::uint8_t { unused, result, parameter, alias };

    kind is = kind::unused;
    ir::type type = ir::type::none;
    std::uint16_t number = 0;  // among the results or parameters
    std::uint32_t of = 0;      // the instruction, the block, or the value it stands for
};

struct block_data {
    inst first;
    inst last;
    block previous;
    block next;
    pool_run parameters;
    bool cold = false;
    bool placed = false;
};

/// A list of entities that are linked by their data: a view, for range-v3 too, whose heavy headers
/// only those include who want more than a loop.
template <class Entity, class Next>
class linked_view : public ranges::view_base {
  public:
    class iterator {
      public:
        using value_type = Entity;
        using difference_type = std::ptrdiff_t;
        using reference = Entity;
        using pointer = const Entity*;
        using iterator_category = std::input_iterator_tag;
        using iterator_concept = std::forward_iterator_tag;

        iterator() = default;
        iterator(Entity at, Next next) noexcept : at_(at), next_(next) {}
        Entity operator*() const noexcept { return at_; }
        iterator& operator++() noexcept {
            at_ = next_(at_);
            return *this;
        }
        iterator operator++(int) noexcept {
            auto before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const iterator& one, const iterator& other) noexcept {
            return one.at_ == other.at_;
        }

      private:
        Entity at_;
        Next next_{};
    };

    linked_view() = default;
    linked_view(Entity first, Next next) noexcept : first_(first), next_(next) {}
    iterator begin() const noexcept { return {first_, next_}; }
    iterator end() const noexcept { return {Entity(), next_}; }
    bool empty() const noexcept { return !first_; }

  private:
    Entity first_;
    Next next_{};
};

template <class Tag = void>
class basic_function {
    struct links {
        inst previous;
        inst next;
    };
    struct next_block {
        const basic_function* of = nullptr;
        block operator()(block at) const noexcept { return of->blocks_[at].next; }
    };
    struct next_inst {
        const basic_function* of = nullptr;
        inst operator()(inst at) const noexcept { return of->links_[at].next; }
    };
    struct next_call {
        const basic_function* of = nullptr;
        inst operator()(inst at) const noexcept { return from(of->links_[at].next); }
        /// The first that is a call by name, from here on.
        inst from(inst at) const noexcept {
            while (at && describe(of->instructions_[at].code).shape != format::call)
                at = of->links_[at].next;
            return at;
        }
    };

  public:
    basic_function() = default;
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

    /// A block that is in no place yet.
    block make_block() { return blocks_.add({}); }
    block append_block() {
        const auto made = make_block();
        place_at_end(made);
        return made;
    }
    void place_at_end(block which) noexcept { place_before(which, block()); }
    void place_after(block which, block before) noexcept {
        place_before(which, blocks_[before].next);
    }
    /// `behind`: default for the end.
    void place_before(block which, block behind) noexcept {
        const auto before = behind ? blocks_[behind].previous : last_block_;
        auto& data = blocks_[which];
        data.previous = before;
        data.next = behind;
        data.placed = true;
        (before ? blocks_[before].next : first_block_) = which;
        (behind ? blocks_[behind].previous : last_block_) = which;
    }
    /// Its instructions go with it.
    void remove(block which) noexcept {
        auto& data = blocks_[which];
        (data.previous ? blocks_[data.previous].next : first_block_) = data.next;
        (data.next ? blocks_[data.next].previous : last_block_) = data.previous;
        data.placed = false;
    }

    /// In their order, the entry first.
    auto blocks() const noexcept {
        return linked_view<block, next_block>(first_block_, next_block{this});
    }
    block entry() const noexcept { return first_block_; }
    block last_block() const noexcept { return last_block_; }
    block next(block which) const noexcept { return blocks_[which].next; }
    bool is_placed(block which) const noexcept {
        return blocks_.has(which) && blocks_[which].placed;
    }
    bool is_cold(block which) const noexcept { return blocks_[which].cold; }
    void set_cold(block which, bool cold = true) noexcept { blocks_[which].cold = cold; }
    /// Of all blocks ever made.
    std::size_t block_count() const noexcept { return blocks_.size(); }

    value append_parameter(block of, ir::type type) {
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

    /// Drops the parameters for whose place `keep` says no. One that is no alias by then stands for
    /// nothing, and must have no use. The caller drops the arguments too.
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
    /// Drops the arguments of a branch for whose place `keep` says no.
    template <class Keep>
    void retain_arguments(block_call& of, Keep&& keep) {
        retain(of.arguments, [&, place = std::size_t{0}](value) mutable { return keep(place++); });
    }

    // Instructions.

    /// In no block yet, and without results.
    inst make(instruction data) {
        links_.add({});
        return instructions_.add(data);
    }
    inst append(block to, instruction data) {
        const auto made = make(data);
        insert_before(to, made, inst());
        return made;
    }
    /// `behind`: default for the end of the block.
    void insert_before(block to, inst which, inst behind) noexcept {
        auto& data = blocks_[to];
        const auto before = behind ? links_[behind].previous : data.last;
        links_[which] = {before, behind};
        (before ? links_[before].next : data.first) = which;
        (behind ? links_[behind].previous : data.last) = which;
    }
    void remove(block from, inst which) noexcept {
        auto& data = blocks_[from];
        const auto [before, behind] = links_[which];
        (before ? links_[before].next : data.first) = behind;
        (behind ? links_[behind].previous : data.last) = before;
    }
    /// Removes it, and its results with it, which must have no use any more unless they are aliases
    /// by then.
    void erase(block from, inst which) noexcept {
        remove(from, which);
        for (const auto one : results(which))
            if (values_[one].is == value_data::kind::result) forget(one);
    }
    /// Moves `first` and all behind it to the end of `to`, which has none yet. Takes the same time
    /// whatever their number.
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

    /// Moves all instructions of `from`, which has some, to the end of `to`. Takes the same time
    /// whatever their number.
    void join(block to, block from) noexcept {
        auto& target = blocks_[to];
        auto& source = blocks_[from];
        links_[source.first].previous = target.last;
        (target.last ? links_[target.last].next : target.first) = source.first;
        target.last = source.last;
        source.first = source.last = inst();
    }

    auto instructions(block of) const noexcept {
        return linked_view<inst, next_inst>(blocks_[of].first, next_inst{this});
    }
    inst first(block of) const noexcept { return blocks_[of].first; }
    inst last(block of) const noexcept { return blocks_[of].last; }
    inst next(inst which) const noexcept { return links_[which].next; }
    inst previous(inst which) const noexcept { return links_[which].previous; }
    /// Of all instructions ever made.
    std::size_t instruction_count() const noexcept { return instructions_.size(); }

    instruction& operator[](inst which) noexcept { return instructions_[which]; }
    const instruction& operator[](inst which) const noexcept { return instructions_[which]; }

    /// The calls of a block that name their callee.
    auto call_sites(block of) const noexcept {
        const next_call next{this};
        return linked_view<inst, next_call>(next.from(blocks_[of].first), next);
    }

    value append_result(inst of, ir::type type) {
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
    std::span<const value> arguments(inst of) const noexcept {
        return list(instructions_[of].arguments);
    }
    std::span<value> arguments(inst of) noexcept { return list(instructions_[of].arguments); }
    std::span<const block_call> targets(inst of) const noexcept {
        const auto run = instructions_[of].targets;
        return std::span(targets_).subspan(run.begin, run.count);
    }
    std::span<block_call> targets(inst of) noexcept {
        const auto run = instructions_[of].targets;
        return std::span(targets_).subspan(run.begin, run.count);
    }
    std::span<const value> arguments(const block_call& of) const noexcept {
        return list(of.arguments);
    }
    std::span<value> arguments(const block_call& of) noexcept { return list(of.arguments); }

    // Values.

    const value_data& operator[](value which) const noexcept { return values_[which]; }
    ir::type type_of(value which) const noexcept { return values_[which].type; }
    std::size_t value_count() const noexcept { return values_.size(); }
    /// What an alias stands for in the end; other values stand for themselves.
    value resolve(value which) const noexcept {
        while (values_[which].is == value_data::kind::alias) which = value(values_[which].of);
        return which;
    }
    /// The same, and lets the aliases on the way stand for it at once: asking for all of a long
    /// chain takes time linear in its length.
    value resolve_shortening(value which) noexcept {
        const auto found = resolve(which);
        while (which != found) {
            const value next(values_[which].of);
            values_[which].of = static_cast<std::uint32_t>(found.index());
            which = next;
        }
        return found;
    }
    /// From now on `which` stands for nothing, and must have no use.
    void forget(value which) noexcept { values_[which] = {}; }
    /// From now on `which` is another name of `target`, which must not lead back to it.
    void make_alias(value which, value target) noexcept {
        values_[which] = {value_data::kind::alias, values_[target].type, 0,
                          static_cast<std::uint32_t>(target.index())};
    }

    // Values, blocks and so on with numbers of the caller's choice, which a reader of text needs.

    /// Makes sure that there is a block of this number. It is in no place yet.
    void reserve_block(block which) {
        if (!blocks_.has(which)) blocks_.resize(which.index() + 1);
    }
    void define_value(value which, value_data data) {
        if (!values_.has(which)) values_.resize(which.index() + 1);
        values_[which] = data;
    }
    void adopt_parameter(block of, value which, ir::type type) {
        auto& parameters = blocks_[of].parameters;
        define_value(
            which, {value_data::kind::parameter, type, static_cast<std::uint16_t>(parameters.count),
                    static_cast<std::uint32_t>(of.index())});
        append_to(parameters, which);
    }
    void adopt_result(inst of, value which, ir::type type) {
        auto& results = instructions_[of].results;
        define_value(which,
                     {value_data::kind::result, type, static_cast<std::uint16_t>(results.count),
                      static_cast<std::uint32_t>(of.index())});
        append_to(results, which);
    }

    // Pools.

    /// `all` may be a list of this function itself.
    pool_run add_values(std::span<const value> all) {
        const pool_run made{static_cast<std::uint32_t>(pool_.size()),
                            static_cast<std::uint32_t>(all.size())};
        std::vector<value> before;  // where `all` may lie, until it is copied
        if (pool_.capacity() - pool_.size() < all.size()) {
            before.swap(pool_);
            pool_.reserve(std::max(2 * before.size(), before.size() + all.size()));
            for (const auto one : before) pool_.push_back(one);
        }
        for (const auto one : all) pool_.push_back(one);
        return made;
    }
    pool_run add_targets(std::span<const block_call> all) {
        const pool_run made{static_cast<std::uint32_t>(targets_.size()),
                            static_cast<std::uint32_t>(all.size())};
        for (const auto& one : all) targets_.push_back(one);
        return made;
    }
    /// What `map` gives for each. They belong to another function.
    template <class Map>
    pool_run add_values(std::span<const value> all, Map&& map) {
        const auto begin = pool_.size();
        for (const auto one : all) pool_.push_back(map(one));
        return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(all.size())};
    }
    template <class Map>
    pool_run add_targets(std::span<const block_call> all, Map&& map) {
        const auto begin = targets_.size();
        for (const auto& one : all) targets_.push_back(map(one));
        return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(all.size())};
    }
    std::span<const value> list(pool_run run) const noexcept {
        return std::span(pool_).subspan(run.begin, run.count);
    }
    std::span<value> list(pool_run run) noexcept {
        return std::span(pool_).subspan(run.begin, run.count);
    }

  private:
    /// Moves the list to the end of the pool first, unless it is there.
    void append_to(pool_run& run, value added) {
        if (run.begin + run.count != pool_.size()) {
            const auto begin = pool_.size();
            for (std::size_t index = 0; index < run.count; ++index)
                pool_.push_back(pool_[run.begin + index]);
            run.begin = static_cast<std::uint32_t>(begin);
        }
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
    palimpsest::detail::dependent<std::vector<value>, Tag> pool_;
    palimpsest::detail::dependent<std::vector<block_call>, Tag> targets_;
    block first_block_;
    block last_block_;
};
using function = basic_function<>;

}  // namespace palimpsest::ir
