// Loads once what is loaded twice: a load of what an earlier load or store at the same address and
// of the same type left known goes, and its result becomes another name of that value.
//
// What may have changed memory in between is told by versions. A function's memory falls into
// classes, and each has a version at each place: the last instruction that may have written to it,
// or a block where ways with different ones join. The same address in the same version holds the
// same bytes.
//
//     class              changes by
//     heap table vmctx   stores with that memory flag, stores without any of them, calls, atomic
//                        operations, fences
//     anything           all stores but those to slots of their own
//     a stack slot       stores to it alone, where its address is not taken and accesses stay in it
//     readonly           nothing
//
// A store beside what is asked for, at the same address and a known distance, is looked through.
// The idea, of versions by the last store and of the classes, is that of Cranelift's alias analysis
// (cranelift/codegen/src/alias_analysis.rs, in the documentation of its module); where versions
// join is told by dominance frontiers. Takes time near linear in instructions and branches.
//
// Whether a load traps is the same after as before. The load that goes asks for the same bytes as
// an access that dominates it. Had that trapped, the load would not be reached. It did not, so the
// bytes could be accessed; what makes memory inaccessible is a call, which is a new version, and
// bytes that are readonly stay as long as the function runs. For the same reason neither trap codes
// nor the flags `notrap` and `aligned` need agree: they say what is to happen, or cannot, when an
// access fails, and this one cannot fail.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/detail/dependent.hpp>
#include <palimpsest/detail/scoped_table.hpp>
#include <palimpsest/ir/dominance_frontier.hpp>
#include <palimpsest/ir/flow.hpp>
#include <palimpsest/ir/function.hpp>
#include <utility>
#include <vector>

namespace palimpsest::pass {

namespace detail {

/// A class of memory: 0 is anything, the next ones are the regions, the others a stack slot each.
using memory_class = std::uint8_t;
inline constexpr memory_class anything = 0;
inline constexpr memory_class first_slot_class = 4;
inline constexpr std::size_t memory_class_count = 16;

/// A bit for each class.
using memory_classes = std::uint16_t;
inline constexpr memory_classes all_but_own_slots = (1U << first_slot_class) - 1;

/// What a store to a class can change.
constexpr memory_classes changed_by(memory_class of) noexcept {
    if (of == anything) return all_but_own_slots;
    const auto own = 1U << of;
    return static_cast<memory_classes>(of < first_slot_class ? own | (1U << anything) : own);
}

/// Which bytes an instruction reads or writes, and as what.
struct memory_access {
    std::uint32_t base = 0;  // a value's number, or a stack slot's
    bool in_slot = false;
    ir::opcode as{};  // the load that gives what is there, for both loads and stores
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

/// Which stack slots nothing but loads and stores by their name can reach.
template <class Tag = void>
class basic_own_slots {
  public:
    explicit basic_own_slots(const ir::function& in) : classes_(in.stack_slots.size(), anything) {
        std::vector<bool> taken(in.stack_slots.size());
        for (const auto at : in.blocks())
            for (const auto which : in.instructions(at)) {
                const auto& one = in[which];
                if (one.code == ir::opcode::stack_addr) taken[one.entity] = true;
                if (names_slot(one.code) && !stays_inside(in, one))
                    return;  // in whatever lies beside
            }
        memory_class next = first_slot_class;
        for (std::size_t slot = 0; slot < taken.size() && next < memory_class_count; ++slot)
            if (!taken[slot]) classes_[slot] = next++;
    }
    memory_class class_of(ir::stack_slot slot) const noexcept { return classes_[slot.index()]; }

  private:
    static bool stays_inside(const ir::function& in, const ir::instruction& one) noexcept {
        const auto size = in.stack_slots[one.as<ir::stack_slot>()].size;
        const auto end = ir::bytes(one.type);
        return end <= size && one.immediate <= size - end;
    }

    palimpsest::detail::dependent<std::vector<memory_class>, Tag> classes_;
};
using own_slots = basic_own_slots<>;

template <class Tag = void>
class basic_load_eliminator {
  public:
    explicit basic_load_eliminator(ir::function& in)
        : in_(in), tree_(in), slots_(in), joins_(in.block_count()) {}

    bool run() {
        find_joins();
        versions_.push_back({});  // when the function begins; of what is readonly, the only one
        for (const auto at : tree_.preorder()) {
            enter(at);
            for (auto one = in_.first(at); one;) visit(at, std::exchange(one, in_.next(one)));
        }
        return changed_;
    }

  private:
    using version = std::uint32_t;
    using versions = std::array<version, memory_class_count>;

    /// What made a version: a store, if it is known which bytes it wrote.
    struct version_data {
        std::optional<memory_access> store;
        unsigned size = 0;
        versions before{};
    };
    struct scope {
        ir::block of;
        std::size_t known_before = 0;
        versions now{};
    };

    /// How many stores a load looks through at most.
    static constexpr int most_steps = 16;

    // What instructions do.

    static bool is_load(const ir::instruction& one) noexcept {
        return ir::has_effect(one.code, ir::effect::loads) &&
               !ir::has_effect(one.code, ir::effect::stores) &&
               one.code != ir::opcode::global_value;
    }
    static bool is_store(const ir::instruction& one) noexcept {
        return ir::has_effect(one.code, ir::effect::stores) &&
               !ir::has_effect(one.code, ir::effect::loads);
    }

    memory_class class_of(const ir::instruction& one) const noexcept {
        using flags = ir::memory_flags;
        if (names_slot(one.code)) return slots_.class_of(one.as<ir::stack_slot>());
        switch (one.flags.region()) {
            case flags::heap:
                return 1;
            case flags::table:
                return 2;
            case flags::vmctx:
                return 3;
            default:
                return anything;
        }
    }
    memory_classes changed_by(const ir::instruction& one) const noexcept {
        if (is_store(one)) return detail::changed_by(class_of(one));
        const bool changes = ir::has_effect(one.code, ir::effect::stores | ir::effect::calls) ||
                             one.code == ir::opcode::debugtrap;  // where somebody may step in
        return changes ? all_but_own_slots : memory_classes{0};
    }

    /// Of a load or a store.
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
    /// The address of a slot is the slot, whoever took it.
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

    // Versions.

    /// The classes that have a version of their own where a block begins.
    void find_joins() {
        std::array<std::vector<ir::block>, memory_class_count> changing;
        for (const auto at : tree_.preorder()) {
            memory_classes changed = 0;
            for (const auto one : in_.instructions(at)) changed |= changed_by(in_[one]);
            for (std::size_t one = 0; one < memory_class_count; ++one)
                if ((changed >> one & 1U) != 0) changing[one].push_back(at);
        }
        ir::dominance_frontier frontier(in_, tree_);
        for (std::size_t one = 0; one < memory_class_count; ++one)
            frontier.for_each_join(changing[one], [&](ir::block at) {
                joins_[at.index()] |= static_cast<memory_classes>(1U << one);
            });
    }

    void enter(ir::block at) {
        for (; !scopes_.empty() && !tree_.dominates(scopes_.back().of, at); scopes_.pop_back())
            known_.shrink(scopes_.back().known_before);
        const auto now = scopes_.empty() ? versions{} : scopes_.back().now;
        scopes_.push_back({at, known_.size(), now});
        begin_version(joins_[at.index()], {});
    }
    /// A new version of some classes, by what is told.
    void begin_version(memory_classes of, version_data made) {
        if (of == 0) return;
        auto& now = scopes_.back().now;
        made.before = now;
        for (std::size_t one = 0; one < memory_class_count; ++one)
            if ((of >> one & 1U) != 0) now[one] = static_cast<version>(versions_.size());
        versions_.push_back(made);
    }

    // The walk.

    void visit(ir::block at, ir::inst which) {
        if (is_load(in_[which])) return visit_load(at, which);
        if (is_store(in_[which])) return visit_store(which);
        begin_version(changed_by(in_[which]), {});
    }

    void visit_load(ir::block at, ir::inst which) {
        const auto& one = in_[which];
        const auto access = access_of(which);
        const auto of = class_of(one);
        const bool fixed = one.flags.has(ir::memory_flags::readonly);
        const auto now = fixed ? version{0} : scopes_.back().now[of];
        const auto result = in_.results(which)[0];
        const auto [known, there] = find(access, bytes_accessed(one.code, one.type), of, now);
        if (!known) return known_.add({access, now}, result);
        if (there != now) known_.add({access, now}, known);
        in_.make_alias(result, known);
        in_.remove(at, which);
        changed_ = true;
    }
    /// The value that a load gives, in a version or before stores that wrote elsewhere, and where
    /// that is known; no value when it is not.
    std::pair<ir::value, version> find(const memory_access& wanted, unsigned size, memory_class of,
                                       version from) const {
        for (int step = 0; step < most_steps; ++step) {
            if (const auto* const found = known_.find({wanted, from})) return {*found, from};
            const auto& by = versions_[from];
            if (!by.store || !are_apart(*by.store, by.size, wanted, size)) break;
            from = by.before[of];
        }
        return {};
    }
    /// Whether accesses from the same base have no byte in common. Addresses go round at the end of
    /// the numbers.
    static bool are_apart(const memory_access& one, unsigned one_size, const memory_access& other,
                          unsigned other_size) noexcept {
        if (one.in_slot != other.in_slot || one.base != other.base) return false;
        return other.offset - one.offset >= one_size && one.offset - other.offset >= other_size;
    }

    void visit_store(ir::inst which) {
        const auto& one = in_[which];
        const auto access = access_of(which);
        begin_version(changed_by(one), {access, bytes_accessed(one.code, one.type), {}});
        if (one.code != ir::opcode::store && one.code != ir::opcode::stack_store) return;
        const auto made = scopes_.back().now[class_of(one)];
        known_.add({access, made}, in_.resolve(in_.arguments(which)[0]));
    }

    ir::function& in_;
    ir::dominators tree_;
    own_slots slots_;
    palimpsest::detail::dependent<std::vector<memory_classes>, Tag> joins_;  // by block
    palimpsest::detail::dependent<std::vector<version_data>, Tag> versions_;
    palimpsest::detail::scoped_table<memory_state, ir::value> known_;
    palimpsest::detail::dependent<std::vector<scope>, Tag>
        scopes_;  // the blocks around the one that is looked at, that last
    bool changed_ = false;
};
using load_eliminator = basic_load_eliminator<>;

}  // namespace detail

/// Takes a verified function, and leaves a verified one with the same results, traps and effects on
/// memory, if what memory flags promise holds, and no address is computed from one stack slot to
/// another. True when it changed something.
template <class = void>
struct basic_load_elimination {
    bool operator()(ir::function& in) const { return detail::load_eliminator(in).run(); }
};
using load_elimination = basic_load_elimination<>;

}  // namespace palimpsest::pass
