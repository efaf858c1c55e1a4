// SPDX-License-Identifier: Apache-2.0
// Memory accesses of a random function, with truthful flags: accesses marked aligned are aligned,
// those marked notrap are in bounds, and regions are those of random_regions.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/builder.hpp>
#include <tuple>
#include <utility>
#include <vector>

#include "random_operation.hpp"
#include "random_regions.hpp"
#include "random_source.hpp"
#include "world.hpp"

namespace palimpsest::test {

/// Where an access goes, and what its flags may say.
struct random_place {
    ir::value address;
    std::int64_t offset = 0;
    unsigned flags = 0;
    ir::alias_region region{};

    ir::memory_flags all_flags() const { return ir::memory_flags(flags, region); }
};

class random_memory {
  public:
    /// `vmctx`: the parameter, or none. `pointers`: addresses with 16 bytes to write to.
    random_memory(random_source& random, const random_regions& regions, ir::function& of,
                  ir::function_builder& to)
        : random_(random), regions_(regions), of_(of), to_(to) {}

    /// Called in the entry, before all else. Writes the slots before anything reads them.
    void begin(ir::value vmctx, std::vector<ir::value> pointers) {
        vmctx_ = vmctx;
        pointers_ = std::move(pointers);
        for (auto count = random_.below(3); count != 0; --count) {
            const auto words = random_.between(1, 2);
            slots_.push_back(to_.declare_stack_slot(static_cast<std::uint32_t>(16 * words), 8));
            for (std::size_t place = 0; place < 2 * words; ++place)
                to_.stack_store(
                    to_.iconst(ir::type::i64, static_cast<std::int64_t>(random_.bits())),
                    slots_.back(), static_cast<std::int64_t>(8 * place));
        }
        if (random_.chance(30)) (void)regions_.some(random_, to_);
        if (vmctx_) declare_globals();
        if (random_.chance(70)) begin_heap();
    }

    /// An address with 16 bytes that the function may hand on to be written to. One that is for a
    /// tail call is there when the function is not any more.
    ir::value pointer(bool for_tail_call) {
        if (!pointers_.empty() && random_.chance(40)) return random_.pick(pointers_);
        if (!slots_.empty() && !for_tail_call && random_.chance(70))
            return to_.stack_addr(ir::type::i64, random_.pick(slots_));
        return to_.iconst(ir::type::i64,
                          static_cast<std::int64_t>(world_layout::scratch + 16 * random_.below(3)));
    }
    /// This instance's or the other's.
    ir::value vmctx() {
        if (vmctx_ && random_.chance(70))
            return random_.chance(50) ? vmctx_ : global(vmctx_global_);
        return to_.iconst(ir::type::i64,
                          static_cast<std::int64_t>(world_layout::vmctx +
                                                    random_.below(2) * world_layout::other));
    }

    template <class ValueOf, class Give>
    void write_load(ValueOf&& value_of, Give&& give) {
        if (!slots_.empty() && random_.chance(25)) return give(stack_load());
        if (vmctx_ && random_.chance(10)) return give(global(random_.pick(globals_)));
        constexpr std::array codes{ir::opcode::load,    ir::opcode::load,    ir::opcode::load,
                                   ir::opcode::uload8,  ir::opcode::sload8,  ir::opcode::uload16,
                                   ir::opcode::sload16, ir::opcode::uload32, ir::opcode::sload32};
        auto code = random_.pick(codes);
        auto as = random_type_of(random_, ir::describe(code).types);
        if (code == ir::opcode::uload32 || code == ir::opcode::sload32) as = ir::type::i64;
        if (heap_ && random_.chance(45)) recent_ = first_;
        const bool again = may_go_again() && random_.chance(50);
        if (again) std::tie(code, as) = std::pair(recent_.loaded_by, recent_.as);
        const auto from = again ? place_again(accessed_bytes(code, as))
                                : place(accessed_bytes(code, as), false, value_of);
        remember(code, as);
        give(to_.load(code, as, from.address, from.offset, from.all_flags(), trap()));
    }
    template <class ValueOf, class Give>
    void write_store(ValueOf&& value_of, Give&& give) {
        if (!slots_.empty() && random_.chance(25)) return stack_store(value_of);
        if (random_.chance(12)) return write_atomic(value_of, give);
        constexpr std::array codes{ir::opcode::store, ir::opcode::store, ir::opcode::istore8,
                                   ir::opcode::istore16, ir::opcode::istore32};
        const auto code = random_.pick(codes);
        auto as = random_type_of(random_, ir::describe(code).types);
        if (code == ir::opcode::istore32) as = ir::type::i64;
        const auto stored = value_of(as);
        if (heap_ && random_.chance(45)) recent_ = first_;
        const auto at = place(accessed_bytes(code, as), true, value_of);
        remember(load_of(code), as);
        to_.store(code, stored, at.address, at.offset, at.all_flags(), trap());
    }

  private:
    using layout = world_layout;
    using flag = ir::memory_flags;

    static std::size_t accessed_bytes(ir::opcode code, ir::type as) noexcept {
        switch (code) {
            case ir::opcode::uload8:
            case ir::opcode::sload8:
            case ir::opcode::istore8:
                return 1;
            case ir::opcode::uload16:
            case ir::opcode::sload16:
            case ir::opcode::istore16:
                return 2;
            case ir::opcode::uload32:
            case ir::opcode::sload32:
            case ir::opcode::istore32:
                return 4;
            default:
                return bytes(as);
        }
    }
    ir::trap_code trap() {
        return random_.chance(80) ? ir::trap_code::heap_out_of_bounds : ir::trap_code::user(9);
    }
    std::size_t multiple_of(std::size_t size, std::size_t most) {
        return size * random_.below(most / size + 1);
    }

    // Globals.

    void declare_globals() {
        using kind = ir::global_data::kind;
        const ir::memory_flags fixed(flag::notrap | flag::aligned | flag::readonly |
                                     flag::can_move | flag::vmctx);
        vmctx_global_ = to_.declare_global({});
        const auto load = [&](ir::global_ref base, std::int64_t offset, ir::memory_flags flags,
                              ir::type as) {
            return to_.declare_global(
                {.is = kind::load, .base = base, .offset = offset, .type = as, .flags = flags});
        };
        heap_global_ = load(vmctx_global_, 0, fixed, ir::type::i64);
        table_global_ = load(vmctx_global_, 8, fixed, ir::type::i64);
        // What the function itself may change, and rarely what is not there at all.
        const auto state = load(
            vmctx_global_, 16 + static_cast<std::int64_t>(random_.below(16)),
            global_flags(random_.chance(50) ? unsigned{flag::big} : 0U, memory_area::state, {}),
            random_.chance(50) ? ir::type::i64 : ir::type::i32);
        const auto end = random_.chance(10) ? 2 : 8;
        const auto last_begin = layout::heap_bytes - static_cast<std::size_t>(end);
        const auto last = load(heap_global_, static_cast<std::int64_t>(last_begin),
                               global_flags(0, memory_area::heap, {last_begin, end == 8 ? 8U : 0U}),
                               ir::type::i64);
        const auto sum = to_.declare_global({.is = kind::add,
                                             .base = state,
                                             .offset = static_cast<std::int64_t>(random_.below(99)),
                                             .type = type_of(state)});
        globals_ = {vmctx_global_, heap_global_, table_global_, state, last, sum};
    }
    ir::memory_flags global_flags(unsigned flags, memory_area area, known_bytes bytes) {
        if (random_.chance(30)) return ir::memory_flags(flags);
        return regions_.in_region(flags, area, bytes, to_);
    }
    ir::type type_of(ir::global_ref of) const { return of_.globals[of].type; }
    ir::value global(ir::global_ref of) { return to_.global_value(of); }
    ir::value symbol(const char* name, std::uint64_t begin) {
        if (random_.chance(50)) return to_.iconst(ir::type::i64, static_cast<std::int64_t>(begin));
        const auto offset = static_cast<std::int64_t>(8 * random_.below(2));
        const auto declared = to_.declare_global(
            {.is = ir::global_data::kind::symbol, .offset = offset, .symbol = name});
        const auto made = random_.chance(50) ? to_.symbol_value(ir::type::i64, declared)
                                             : to_.global_value(declared);
        return offset == 0 ? made : to_.binary_imm(ir::opcode::iadd_imm, made, -offset);
    }

    // Places.

    template <class ValueOf>
    random_place place(std::size_t size, bool to_write, ValueOf&& value_of) {
        if (may_go_again() && size <= recent_.size && random_.chance(50) &&
            !(to_write && recent_.area == memory_area::table))
            return place_again(size);
        random_place made;
        const auto what = random_.below(100);
        if (what < 60) {
            made = heap_place(size, value_of);
        } else if (what < 75 && !pointers_.empty()) {
            made.address = random_.pick(pointers_);
            set_offset(made, size, 0, 16, memory_area::stack);
        } else if (what < 85 && !slots_.empty()) {
            made.address = to_.stack_addr(ir::type::i64, random_.pick(slots_));
            set_offset(made, size, 0, 16, memory_area::stack);
        } else if (what < 90 && !to_write) {
            made.address = vmctx_ ? global(table_global_) : symbol("table", layout::table);
            set_offset(made, size, 0, layout::table_bytes, memory_area::table);
            if (random_.chance(50)) made.flags |= flag::readonly;
        } else {
            made.address = vmctx_ ? vmctx_ : symbol("vmctx", layout::vmctx);
            set_offset(made, size, layout::pointer_bytes, layout::state_bytes, memory_area::state);
        }
        if (random_.chance(8)) made.flags |= random_.chance(50) ? flag::big : flag::little;
        return made;
    }
    /// Whether the address of the last access is still available.
    bool may_go_again() const {
        return recent_.in && (recent_.in == to_.current() || recent_.place.address == heap_);
    }
    /// Where the last access went, to as many bytes or fewer; what is said of the region is another
    /// matter each time.
    random_place place_again(std::size_t size) {
        auto made = recent_.place;
        made.flags &= unsigned{flag::aligned | flag::notrap};
        made.region = {};
        put_in_region(made, recent_.area,
                      {recent_.is_known ? static_cast<std::size_t>(made.offset) : 0,
                       recent_.is_known ? size : 0});
        return made;
    }
    /// In `bytes` bytes from `begin`, for certain.
    void set_offset(random_place& of, std::size_t size, std::size_t begin, std::size_t all_bytes,
                    memory_area area) {
        if (random_.chance(60)) {
            of.offset = static_cast<std::int64_t>(begin + multiple_of(size, all_bytes - size));
            if (random_.chance(50)) of.flags |= flag::aligned;
        } else {
            of.offset = static_cast<std::int64_t>(begin + random_.below(all_bytes - size + 1));
        }
        if (random_.chance(50)) of.flags |= flag::notrap;
        put_in_region(of, area, {static_cast<std::size_t>(of.offset), size});
        remember(of, size, area, true);
    }
    /// In its own, mostly, or in none.
    void put_in_region(random_place& of, memory_area area, known_bytes bytes) {
        if (random_.chance(30)) return;
        const auto told = regions_.in_region(of.flags, area, bytes, to_);
        of.flags = told.raw();
        of.region = told.region();
    }
    void remember(const random_place& of, std::size_t size, memory_area area, bool is_known) {
        recent_ = {to_.current(), of, size, area, is_known};
    }
    void remember(ir::opcode loaded_by, ir::type as) {
        recent_.loaded_by = loaded_by;
        recent_.as = as;
    }
    static ir::opcode load_of(ir::opcode store) noexcept {
        switch (store) {
            case ir::opcode::istore8:
                return ir::opcode::uload8;
            case ir::opcode::istore16:
                return ir::opcode::uload16;
            case ir::opcode::istore32:
                return ir::opcode::uload32;
            default:
                return ir::opcode::load;
        }
    }
    /// An address for the whole function, and a place there that blocks far from each other go to.
    void begin_heap() {
        heap_ = new_heap();
        first_ = {to_.current(),
                  {.address = heap_, .offset = static_cast<std::int64_t>(8 * random_.below(32))},
                  8,
                  memory_area::heap,
                  true,
                  ir::opcode::load,
                  ir::type::i64};
    }
    ir::value new_heap() {
        return vmctx_ && random_.chance(80) ? global(heap_global_) : symbol("heap", layout::heap);
    }
    /// At a fixed place, at one that is in bounds whatever the index is, or at one that need not
    /// be.
    template <class ValueOf>
    random_place heap_place(std::size_t size, ValueOf&& value_of) {
        random_place made{.address = heap_ && random_.chance(60) ? heap_ : new_heap()};
        if (random_.chance(10))
            made.address = to_.unary(ir::opcode::ireduce, made.address, ir::type::i32);
        const auto as = of_.type_of(made.address);
        if (random_.chance(40)) {
            set_offset(made, size, 0, layout::heap_bytes, memory_area::heap);
            return made;
        }
        const bool in_bounds = random_.chance(80);
        const bool aligned = random_.chance(30);
        const std::int64_t kept = (in_bounds ? 0x7f : 0x1ff) & (aligned ? ~7 : ~0);
        const auto index = to_.binary_imm(ir::opcode::band_imm, value_of(as), kept);
        made.address = to_.binary(ir::opcode::iadd, made.address, index);
        const auto ahead = random_.chance(20) ? 64 : 0;  // and so far back again
        if (ahead != 0) made.address = to_.binary_imm(ir::opcode::iadd_imm, made.address, ahead);
        made.offset =
            static_cast<std::int64_t>(aligned ? 8 * random_.below(8) : random_.below(64)) - ahead;
        if (aligned) made.flags |= flag::aligned;
        if (in_bounds && random_.chance(50)) made.flags |= flag::notrap;
        put_in_region(made, memory_area::heap, {});
        remember(made, size, memory_area::heap, false);
        return made;
    }

    // Stack slots and atomics.

    std::int64_t slot_offset(ir::type as) {
        return static_cast<std::int64_t>(random_.chance(50) ? multiple_of(bytes(as), 16 - bytes(as))
                                                            : random_.below(17 - bytes(as)));
    }
    ir::value stack_load() {
        const auto as = random_type(random_);
        return to_.stack_load(as, random_.pick(slots_), slot_offset(as));
    }
    template <class ValueOf>
    void stack_store(ValueOf&& value_of) {
        const auto as = random_type(random_);
        to_.stack_store(value_of(as), random_.pick(slots_), slot_offset(as));
    }
    template <class ValueOf, class Give>
    void write_atomic(ValueOf&& value_of, Give&& give) {
        const auto as = random_type_of(random_, ir::type_set::ints);
        auto at = place(bytes(as), true, value_of);
        remember(ir::opcode::load, as);
        if (at.offset != 0)
            at.address = to_.binary_imm(ir::opcode::iadd_imm, at.address, at.offset);
        const ir::memory_flags flags(at.flags & ~static_cast<unsigned>(flag::byte_orders),
                                     at.region);
        if (random_.chance(30)) {
            const auto expected = value_of(as);
            return give(to_.atomic_cas(at.address, expected, value_of(as), flags));
        }
        const auto does = random_.below(ir::atomic_operation_names.size());
        give(to_.atomic_rmw(static_cast<ir::atomic_operation>(does), at.address, value_of(as),
                            flags));
    }

    random_source& random_;
    const random_regions& regions_;
    ir::function& of_;
    ir::function_builder& to_;
    struct recent_access {
        ir::block in;
        random_place place;
        std::size_t size = 0;
        memory_area area{};
        bool is_known = false;  // which bytes of the area these are
        ir::opcode loaded_by = ir::opcode::load;
        ir::type as{};
    };

    ir::value vmctx_;
    ir::value heap_;  // its address, for the whole function
    recent_access recent_;
    recent_access first_;
    std::vector<ir::value> pointers_;
    std::vector<ir::stack_slot> slots_;
    std::vector<ir::global_ref> globals_;
    ir::global_ref vmctx_global_;
    ir::global_ref heap_global_;
    ir::global_ref table_global_;
};

}  // namespace palimpsest::test
