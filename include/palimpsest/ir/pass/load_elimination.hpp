// SPDX-License-Identifier: Apache-2.0
// Finds loads of values that are known: when an earlier load or store of the same type at the same
// address left the value known, the load is removed, and its result becomes another name of that
// value.
//
// Versions tell whether memory may have changed in between. A function's memory falls into classes,
// and each has a version at each place: the last instruction that may have written to it, or a
// block where ways with different ones join. The same address in the same version holds the same
// bytes.
//
//     class              changes by
//     an alias region    stores to it and stores to no region, calls, atomic operations, fences
//     anything           all stores but those to slots of their own, calls and so on
//     a stack slot       stores to it alone, where its address is not taken and accesses stay in it
//     readonly           nothing
//
// There is a class for each region and slot that the function uses, however many these are. Still a
// version begins in constant time: a store to a region is the last one to it and to anything, and a
// change of all regions is kept once for all of them, so that the version of a region is the later
// one of these two.
//
// Of the places where ways join, each class has only its own. Finding them takes time by the
// branches that lead to them. When many classes change in many loops, that is the product of both.
// So there is a limit for all classes together: as many branches as sixteen classes that change
// everywhere would follow, and some more by the number of instructions. First each class may follow
// its equal part, then the rest goes to those that need more. The classes that get too little share
// their joins: where ways join on which any of them changed, all of them have a new version.
// Between joins they are told apart as well as the others.
//
// A load looks through a store from the same base that wrote other bytes, at a known distance. The
// idea, of versions by the last store and of the classes, is that of Cranelift's alias analysis
// (cranelift/codegen/src/alias_analysis.rs, in the documentation of its module); dominance
// frontiers tell where versions join. Takes time near linear in instructions, branches and classes,
// whatever is nested in the function; regions that are declared and not used cost nothing.
//
// A function traps after this pass exactly when it did before. A load that is removed asks for the
// same bytes as an access that dominates it. Had that trapped, the load would not be reached. It
// did not, so the bytes could be accessed; only a call makes memory inaccessible, which is a new
// version, and readonly bytes stay as long as the function runs. For the same reason neither trap
// codes nor the flags `notrap` and `aligned` need agree: they are about an access that fails, and
// this one cannot fail.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/detail/scoped_table.hpp>
#include <palimpsest/ir/analysis/dominance_frontier.hpp>
#include <palimpsest/ir/analysis/dominators.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/light_vector.hpp>
#include <utility>

namespace palimpsest::pass {

namespace detail {

/// A class of memory by its number, in the order in which they are used; 0 is anything.
using memory_class = std::uint32_t;
inline constexpr memory_class anything = 0;

/// The bytes that an instruction reads or writes, and the type of the value there.
struct memory_access {
    std::uint32_t base = 0;  // a value's number, or a stack slot's
    bool in_slot = false;
    ir::opcode as{};  // the load that gives the value there, for stores too
    ir::type type{};
    std::uint16_t byte_order = 0;
    std::uint64_t offset = 0;

    friend bool operator==(const memory_access&, const memory_access&) = default;
};

/// An access in a version of memory.
struct memory_state {
    memory_access access;
    std::uint32_t version = 0;

    std::uint64_t hash() const noexcept {
        using palimpsest::detail::mixed;
        const auto kinds = static_cast<std::uint64_t>(access.as) << 32U |
                           static_cast<std::uint64_t>(access.type) << 24U |
                           std::uint64_t{access.byte_order} << 1U | (access.in_slot ? 1U : 0U);
        return mixed(mixed(mixed(kinds, access.base), access.offset), version);
    }
    friend bool operator==(const memory_state&, const memory_state&) = default;
};

constexpr unsigned bytes_accessed(ir::opcode code, ir::type type) noexcept {
    using enum ir::opcode;
    switch (code) {
        case uload8:
        case sload8:
        case istore8:
            return 1;
        case uload16:
        case sload16:
        case istore16:
            return 2;
        case uload32:
        case sload32:
        case istore32:
            return 4;
        default:
            return ir::bytes(type);
    }
}

constexpr bool names_slot(ir::opcode code) noexcept {
    return code == ir::opcode::stack_load || code == ir::opcode::stack_store;
}

/// The classes of memory that a function uses.
template <class Tag = void>
class basic_memory_classes {
  public:
    explicit basic_memory_classes(const ir::function& in)
        : of_region_(in.regions.size()), of_slot_(in.stack_slots.size()) {
        slot_uses slots(in.stack_slots.size());
        for (const auto at : in.blocks())
            for (const auto which : in.instructions(at)) {
                const auto& one = in[which];
                note_region(one.flags);
                slots.note(in, one);
            }
        first_slot_ = count_;
        if (slots.leave) return;
        for (std::size_t slot = 0; slot < of_slot_.size(); ++slot)
            if (slots.named[slot] && !slots.taken[slot]) of_slot_[slot] = count_++;
    }

    std::size_t count() const noexcept { return count_; }
    /// Whether nothing but loads and stores by the slot's name can reach it.
    bool is_own_slot(memory_class which) const noexcept { return which >= first_slot_; }
    /// The class that a load reads or a store writes.
    memory_class of(const ir::instruction& one) const noexcept {
        if (names_slot(one.code)) return of_slot_[one.entity];
        if (one.flags.region()) return of_region_[one.flags.region().index()];
        return of_word_[word_of(one.flags)];
    }

  private:
    struct slot_uses {
        explicit slot_uses(std::size_t count) : taken(count), named(count) {}

        void note(const ir::function& in, const ir::instruction& one) {
            if (one.code == ir::opcode::stack_addr) taken[one.entity] = true;
            if (!names_slot(one.code)) return;
            named[one.entity] = true;
            leave |= !stays_inside(in, one);
        }
        static bool stays_inside(const ir::function& in, const ir::instruction& one) noexcept {
            const auto size = in.stack_slots[one.as<ir::stack_slot>()].size;
            const auto end = ir::bytes(one.type);
            return end <= size && one.immediate <= size - end;
        }

        light_vector<bool> taken;  // their address
        light_vector<bool> named;
        bool leave = false;  // some access goes to whatever lies beside its slot
    };

    /// The number of the region that goes by a word; 0 when none is named.
    static std::size_t word_of(ir::memory_flags flags) noexcept {
        using flag = ir::memory_flags;
        return flags.has(flag::heap)    ? 1
               : flags.has(flag::table) ? 2
               : flags.has(flag::vmctx) ? 3
                                        : 0;
    }
    void note_region(ir::memory_flags flags) noexcept {
        const auto word = word_of(flags);
        if (flags.region())
            number(of_region_[flags.region().index()]);
        else if (word != 0)
            number(of_word_[word]);
    }
    void number(memory_class& one) noexcept {
        if (one == anything) one = count_++;
    }

    light_vector<memory_class> of_region_;
    light_vector<memory_class> of_slot_;
    std::array<memory_class, 4> of_word_{};
    memory_class count_ = 1;  // with `anything`
    memory_class first_slot_ = 0;
};
using memory_classes = basic_memory_classes<>;

template <class Tag = void>
class basic_load_eliminator {
  public:
    explicit basic_load_eliminator(ir::function& in)
        : in_(in),
          tree_(in),
          classes_(in),
          everything_(static_cast<memory_class>(classes_.count())),
          shared_(everything_ + 1),
          first_join_(in.block_count()),
          shares_joins_(classes_.count() + 2),
          now_(classes_.count() + 2) {}

    bool run() {
        find_joins();
        versions_.push_back({});  // when the function begins; for readonly memory the only one
        for (const auto at : tree_.preorder()) {
            enter(at);
            for (auto one = in_.first(at); one;) visit(at, std::exchange(one, in_.next(one)));
        }
        return changed_;
    }

  private:
    using version = std::uint32_t;

    /// The origin of a version: a store, if it is known which bytes it wrote.
    struct version_data {
        std::optional<memory_access> store;
        unsigned size = 0;
        memory_class of = anything;
        version before = 0;           // of its class; for a store to no region, that of all
        version anything_before = 0;  // of anything
    };
    /// The version of a class is the later one of these.
    struct position {
        version own = 0;
        version of_all = 0;  // with all regions

        version last() const noexcept { return std::max(own, of_all); }
    };
    struct scope {
        ir::block of;
        std::size_t known_before = 0;
        std::size_t begun_before = 0;
    };
    struct begun {
        memory_class of;
        version before;
    };
    /// A class that has a version of its own where a block begins.
    struct join {
        memory_class of;
        std::uint32_t next;  // of the block, from 1
    };

    /// How many stores a load looks through at most.
    static constexpr int most_steps = 16;

    // Effects of instructions.

    static bool is_load(const ir::instruction& one) noexcept {
        return ir::has_effect(one.code, ir::effect::loads) &&
               !ir::has_effect(one.code, ir::effect::stores) &&
               one.code != ir::opcode::global_value;
    }
    static bool is_store(const ir::instruction& one) noexcept {
        return ir::has_effect(one.code, ir::effect::stores) &&
               !ir::has_effect(one.code, ir::effect::loads);
    }

    /// The class that an instruction changes; a store to a region changes `anything` too, and one
    /// to `anything` all regions.
    std::optional<memory_class> changed_by(const ir::instruction& one) const noexcept {
        if (is_store(one)) return classes_.of(one);
        const bool changes = ir::has_effect(one.code, ir::effect::stores | ir::effect::calls) ||
                             one.code == ir::opcode::debugtrap;  // where a debugger may step in
        return changes ? std::optional(anything) : std::nullopt;
    }
    /// Visits the classes that begin a new version when one class changes.
    template <class Visit>
    void for_each_begun(memory_class changed, Visit&& visit) const {
        visit(changed == anything ? everything_ : changed);
        if (!classes_.is_own_slot(changed)) visit(anything);
    }

    /// The access that a load or a store makes.
    memory_access access_of(ir::inst which) const noexcept {
        const auto& one = in_[which];
        memory_access made;
        made.as = is_store(one) || names_slot(one.code) ? ir::opcode::load : one.code;
        made.type = one.type;
        made.byte_order = one.flags.raw() & ir::memory_flags::byte_orders;
        made.offset = one.immediate;
        made.in_slot = names_slot(one.code);
        made.base = one.entity;
        if (!made.in_slot) set_base(made, in_.resolve(in_.arguments(which)[is_load(one) ? 0 : 1]));
        return made;
    }
    /// Makes the address of a slot the slot itself, whichever instruction took it.
    void set_base(memory_access& of, ir::value address) const noexcept {
        of.base = static_cast<std::uint32_t>(address.index());
        const auto& data = in_[address];
        if (data.is != ir::value_data::kind::result) return;
        const auto& from = in_[ir::inst(data.of)];
        if (from.code != ir::opcode::stack_addr) return;
        of.in_slot = true;
        of.base = from.entity;
        of.offset += from.immediate;
    }

    // Where versions join.

    using changing_blocks = light_vector<light_vector<ir::block>>;  // by class

    void find_joins() {
        auto changing = find_changes();
        ir::analysis::dominance_frontier frontier(in_, tree_);
        // The two that all accesses rely on have their own joins in any case.
        for (const auto of : {anything, everything_})
            (void)add_joins(frontier, of, changing[of], ~std::size_t{0});
        light_vector<memory_class> waiting;
        for (memory_class of = anything + 1; of < everything_; ++of)
            if (!changing[of].empty()) waiting.push_back(of);
        if (waiting.empty()) return;
        auto left = 16 * frontier.branch_count() + 4 * in_.instruction_count();
        for (const auto most : {left / waiting.size(), left}) {
            std::size_t kept = 0;
            for (const auto of : waiting) {
                const auto [whole, followed] =
                    add_joins(frontier, of, changing[of], std::min(most, left));
                left -= followed;
                if (!whole) waiting[kept++] = of;
            }
            waiting.shrink(kept);
        }
        share_joins(frontier, waiting, changing);
    }
    changing_blocks find_changes() const {
        changing_blocks made(now_.size());
        for (const auto at : tree_.preorder())
            for (const auto one : in_.instructions(at))
                if (const auto changed = changed_by(in_[one]))
                    for_each_begun(*changed, [&](memory_class of) {
                        auto& all = made[of];
                        if (all.empty() || all.back() != at) all.push_back(at);
                    });
        return made;
    }
    struct search {
        bool whole;
        std::size_t followed;  // branches
    };
    /// Adds all joins of a class, or none when more branches than `most` lead to them.
    search add_joins(ir::analysis::dominance_frontier& frontier, memory_class of,
                     const light_vector<ir::block>& changing, std::size_t most) {
        auto left = most;
        found_.clear();
        const bool whole =
            frontier.for_each_join(changing, left, [&](ir::block at) { found_.push_back(at); });
        if (whole)
            for (const auto at : found_) {
                joins_.push_back({of, first_join_[at.index()]});
                first_join_[at.index()] = static_cast<std::uint32_t>(joins_.size());
            }
        return {whole, most - left};
    }
    void share_joins(ir::analysis::dominance_frontier& frontier,
                     const light_vector<memory_class>& all, changing_blocks& changing) {
        for (const auto of : all) {
            shares_joins_[of] = true;
            changing[shared_].append(changing[of].data(), changing[of].size());
        }
        (void)add_joins(frontier, shared_, changing[shared_], ~std::size_t{0});
    }

    // Versions.

    void enter(ir::block at) {
        for (; !scopes_.empty() && !tree_.dominates(scopes_.back().of, at); scopes_.pop_back())
            leave(scopes_.back());
        scopes_.push_back({at, known_.size(), begun_.size()});
        if (first_join_[at.index()] == 0) return;
        const auto made = add_version({});
        for (auto one = first_join_[at.index()]; one != 0; one = joins_[one - 1].next)
            begin(joins_[one - 1].of, made);
    }
    void leave(const scope& last) noexcept {
        known_.shrink(last.known_before);
        for (; begun_.size() > last.begun_before; begun_.pop_back())
            now_[begun_.back().of] = begun_.back().before;
    }
    version add_version(const version_data& made) {
        versions_.push_back(made);
        return static_cast<version>(versions_.size() - 1);
    }
    void begin(memory_class of, version made) {
        begun_.push_back({of, now_[of]});
        now_[of] = made;
    }
    /// Begins a new version of the class that an instruction changes.
    void change(memory_class of, version_data made) {
        made.of = of;
        made.before = of == anything ? now_[everything_] : now_own(of);
        made.anything_before = now_[anything];
        const auto added = add_version(made);
        for_each_begun(of, [&](memory_class one) { begin(one, added); });
    }
    /// The version of a class by its own changes, without those of all regions.
    version now_own(memory_class of) const noexcept {
        return shares_joins_[of] ? std::max(now_[of], now_[shared_]) : now_[of];
    }
    position now(memory_class of) const noexcept {
        const bool is_region = of != anything && !classes_.is_own_slot(of);
        return {now_own(of), is_region ? now_[everything_] : version{0}};
    }
    /// The position before the last version of a class, which a store made.
    position before(position at, memory_class of) const noexcept {
        const auto& by = versions_[at.last()];
        if (of == anything) return {by.anything_before, 0};
        if (by.of == of) return {by.before, at.of_all};
        return {at.own, by.before};
    }

    // The walk.

    void visit(ir::block at, ir::inst which) {
        if (is_load(in_[which])) return visit_load(at, which);
        if (is_store(in_[which])) return visit_store(which);
        if (const auto changed = changed_by(in_[which])) change(*changed, {});
    }

    void visit_load(ir::block at, ir::inst which) {
        const auto& one = in_[which];
        const auto access = access_of(which);
        const auto of = classes_.of(one);
        const auto from = one.flags.has(ir::memory_flags::readonly) ? position() : now(of);
        const auto result = in_.results(which)[0];
        const auto [known, there] = find(access, bytes_accessed(one.code, one.type), of, from);
        if (!known) return known_.add({access, from.last()}, result);
        if (there != from.last()) known_.add({access, from.last()}, known);
        in_.make_alias(result, known);
        in_.remove(at, which);
        changed_ = true;
    }
    /// The value that a load gives, if it is known in a version or before stores that wrote
    /// elsewhere, and that version; no value when it is not.
    std::pair<ir::value, version> find(const memory_access& wanted, unsigned size, memory_class of,
                                       position from) const {
        for (int step = 0; step < most_steps; ++step) {
            const auto at = from.last();
            if (const auto* const found = known_.find({wanted, at})) return {*found, at};
            const auto& by = versions_[at];
            if (!by.store || !are_apart(*by.store, by.size, wanted, size)) break;
            from = before(from, of);
        }
        return {};
    }
    /// Whether accesses from the same base have no byte in common. Addresses wrap around.
    static bool are_apart(const memory_access& one, unsigned one_size, const memory_access& other,
                          unsigned other_size) noexcept {
        if (one.in_slot != other.in_slot || one.base != other.base) return false;
        return other.offset - one.offset >= one_size && one.offset - other.offset >= other_size;
    }

    void visit_store(ir::inst which) {
        const auto& one = in_[which];
        const auto access = access_of(which);
        const auto of = classes_.of(one);
        change(of, {access, bytes_accessed(one.code, one.type)});
        if (one.code != ir::opcode::store && one.code != ir::opcode::stack_store) return;
        known_.add({access, now(of).last()}, in_.resolve(in_.arguments(which)[0]));
    }

    ir::function& in_;
    ir::analysis::dominators tree_;
    memory_classes classes_;
    memory_class everything_;                 // behind all classes: changes of all regions at once
    memory_class shared_;                     // behind that: the joins that classes share
    light_vector<std::uint32_t> first_join_;  // by block, from 1
    light_vector<join> joins_;
    light_vector<ir::block> found_;    // joins of a class
    light_vector<bool> shares_joins_;  // by class
    light_vector<version_data> versions_;
    light_vector<version> now_;  // by class
    light_vector<begun> begun_;  // in the blocks around
    palimpsest::detail::scoped_table<memory_state, ir::value> known_;
    light_vector<scope> scopes_;  // the blocks around the one that is looked at, that last
    bool changed_ = false;
};
using load_eliminator = basic_load_eliminator<>;

}  // namespace detail

/// The pass that removes loads of values that an earlier load or store left known. It relies on the
/// promises of memory flags, and on no address being computed from one stack slot to another. It
/// leaves aliases: see alias_resolution. Takes time near linear in the function.
template <class = void>
struct basic_load_elimination {
    bool operator()(ir::function& in) const { return detail::load_eliminator(in).run(); }
};
using load_elimination = basic_load_elimination<>;

}  // namespace palimpsest::pass
