// SPDX-License-Identifier: Apache-2.0
// The classes that a function's memory falls into: accesses to different classes do not overlap,
// except for those that may touch anything.
//
//     class              changes by
//     an alias region    stores to it and stores to no region, calls, atomic operations, fences
//     anything           all stores but those to slots of their own, calls and so on
//     a stack slot       stores to it alone, where its address is not taken and accesses stay in it
//     readonly           nothing
//
// There is a class for each region and slot that the function uses, however many; those that are
// declared but not used cost nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/semantics/memory_access.hpp>
#include <palimpsest/light_vector.hpp>

namespace palimpsest::ir::analysis {

/// The number of a memory class, in order of first use; 0 is anything.
using memory_class = std::uint32_t;
inline constexpr memory_class anything = 0;

/// The classes of memory that a function uses. Takes time linear in the function.
template <class Tag = void>
class basic_memory_classes {
  public:
    explicit basic_memory_classes(const function& in)
        : of_region_(in.regions.size()), of_slot_(in.stack_slots.size()) {
        slot_uses slots(in.stack_slots.size());
        for (const auto at : in.blocks())
            for (const auto which : in.instructions(at)) {
                const auto& one = in[which];
                note_region(one.flags);
                slots.note(in, one);
            }
        number_slots(slots);
    }

    std::size_t count() const noexcept { return count_; }
    /// Whether only loads and stores that name the slot can reach it.
    bool is_own_slot(memory_class which) const noexcept { return which >= first_slot_; }
    /// The class that a load reads or a store writes.
    memory_class of(const instruction& one) const noexcept {
        if (semantics::names_slot(one.code)) return of_slot_[one.entity];
        if (one.flags.region()) return of_region_[one.flags.region().index()];
        return of_word_[word_of(one.flags)];
    }

  private:
    struct slot_uses {
        explicit slot_uses(std::size_t count) : taken(count), named(count) {}

        void note(const function& in, const instruction& one) {
            if (one.code == opcode::stack_addr) taken[one.entity] = true;
            if (!semantics::names_slot(one.code)) return;
            named[one.entity] = true;
            leave |= !stays_inside(in, one);
        }
        static bool stays_inside(const function& in, const instruction& one) noexcept {
            const auto size = in.stack_slots[one.as<stack_slot>()].size;
            const auto end = bytes(one.type);
            return end <= size && one.immediate <= size - end;
        }

        light_vector<bool> taken;  // their address
        light_vector<bool> named;
        bool leave = false;  // some access leaves its slot
    };

    /// The number of the region that has a word of its own; 0 if none is named.
    static std::size_t word_of(memory_flags flags) noexcept {
        using flag = memory_flags;
        return flags.has(flag::heap)    ? 1
               : flags.has(flag::table) ? 2
               : flags.has(flag::vmctx) ? 3
                                        : 0;
    }
    void note_region(memory_flags flags) noexcept {
        const auto word = word_of(flags);
        if (flags.region())
            number(of_region_[flags.region().index()]);
        else if (word != 0)
            number(of_word_[word]);
    }
    /// Gives a class to each slot that nothing but its name leads to.
    void number_slots(const slot_uses& slots) noexcept {
        first_slot_ = count_;
        if (slots.leave) return;
        for (std::size_t slot = 0; slot < of_slot_.size(); ++slot)
            if (slots.named[slot] && !slots.taken[slot]) of_slot_[slot] = count_++;
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

}  // namespace palimpsest::ir::analysis
