// SPDX-License-Identifier: Apache-2.0
// Finds loads of known values: if an earlier load or store of the same type at the same address
// makes the value known, the load is removed, and its result becomes another name of that value.
//
// Versions of memory tell whether it may have changed in between. A load looks past a store that
// wrote other bytes at a known distance from the same base. Takes nearly linear time in
// instructions, branches and classes of memory, whatever the nesting in the function.
//
// After this pass a function traps exactly when it did before. A removed load accesses the same
// bytes as an access that dominates it. Had that one trapped, the load would not be reached. It did
// not, so the bytes were accessible; only a call can make memory inaccessible, which starts a new
// version, and readonly bytes stay as long as the function runs. For the same reason neither trap
// codes nor the flags `notrap` and `aligned` need to agree: they concern an access that fails, and
// this one cannot fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/scoped_table.hpp>
#include <palimpsest/ir/analysis/memory_classes.hpp>
#include <palimpsest/ir/analysis/memory_versions.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/semantics/memory_access.hpp>
#include <utility>

namespace palimpsest::pass {

namespace detail {

/// An access in a version of memory.
struct memory_state {
    ir::semantics::memory_access access;
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

template <class = void>
class basic_load_eliminator {
  public:
    explicit basic_load_eliminator(ir::function& in) : in_(in), versions_(in) {}

    bool run() {
        for (const auto at : versions_.preorder()) {
            known_.shrink(versions_.enter(at, known_.size()));
            for (auto one = in_.first(at); one;) visit(at, std::exchange(one, in_.next(one)));
        }
        return changed_;
    }

  private:
    using access = ir::semantics::memory_access;
    using memory_class = ir::analysis::memory_class;
    using versions = ir::analysis::memory_versions;

    /// The most stores that a load looks past.
    static constexpr int most_steps = 16;

    void visit(ir::block at, ir::inst which) {
        if (ir::semantics::is_load(in_[which].code)) return visit_load(at, which);
        versions_.follow(which);
        const auto code = in_[which].code;
        if (code == ir::opcode::store || code == ir::opcode::stack_store) note_stored(which);
    }

    void visit_load(ir::block at, ir::inst which) {
        const auto& one = in_[which];
        const auto wanted = ir::semantics::access_of(in_, which);
        const auto of = versions_.classes().of(one);
        const auto from =
            one.flags.has(ir::memory_flags::readonly) ? versions::position() : versions_.now(of);
        const auto result = in_.results(which)[0];
        const auto [known, there] =
            find(wanted, ir::semantics::bytes_accessed(one.code, one.type), of, from);
        if (!known) return known_.add({wanted, from.last()}, result);
        if (there != from.last()) known_.add({wanted, from.last()}, known);
        in_.make_alias(result, known);
        in_.remove(at, which);
        changed_ = true;
    }
    /// The value that a load returns, if it is known in a version or before stores that wrote
    /// elsewhere, and that version; no value if it is not known.
    std::pair<ir::value, versions::version> find(const access& wanted, unsigned size,
                                                 memory_class of, versions::position from) const {
        for (int step = 0; step < most_steps; ++step) {
            const auto at = from.last();
            if (const auto* const found = known_.find({wanted, at})) return {*found, at};
            const auto& by = versions_[at];
            if (by.size == 0 || !are_apart(by.store, by.size, wanted, size)) break;
            from = versions_.before(from, of);
        }
        return {};
    }
    /// Whether accesses from the same base have no byte in common. Addresses wrap around.
    static bool are_apart(const access& one, unsigned one_size, const access& other,
                          unsigned other_size) noexcept {
        if (one.in_slot != other.in_slot || one.base != other.base) return false;
        return other.offset - one.offset >= one_size && one.offset - other.offset >= other_size;
    }

    /// Records that the bytes hold the stored value.
    void note_stored(ir::inst which) {
        const auto now = versions_.now(versions_.classes().of(in_[which])).last();
        known_.add({ir::semantics::access_of(in_, which), now},
                   in_.resolve(in_.arguments(which)[0]));
    }

    ir::function& in_;
    versions versions_;
    palimpsest::detail::scoped_table<memory_state, ir::value> known_;
    bool changed_ = false;
};
using load_eliminator = basic_load_eliminator<>;

}  // namespace detail

/// The pass that removes loads of values known from an earlier load or store. It relies on the
/// promises of memory flags, and on no code computing the address of one stack slot from that of
/// another. It leaves aliases: see alias_resolution. Takes nearly linear time in the function.
template <class = void>
struct basic_load_elimination {
    bool operator()(ir::function& in) const { return detail::load_eliminator(in).run(); }
};
using load_elimination = basic_load_elimination<>;

}  // namespace palimpsest::pass
