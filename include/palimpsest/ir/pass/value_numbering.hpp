// SPDX-License-Identifier: Apache-2.0
// Finds values that are computed twice: an instruction with the operation and operands of one that
// dominates it is removed, and its results become other names of the earlier ones.
//
// It does so for operations without effects, and for those that can only trap: if the earlier one
// did not trap, the later one cannot trap either, whatever its trap code. It leaves loads to
// load_elimination, which knows what happened to memory in between, and leaves alone operations
// that must stay where they are, such as select_spectre_guard. It makes one walk over the dominator
// tree, in nearly linear time in the instructions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <palimpsest/detail/scoped_table.hpp>
#include <palimpsest/ir/analysis/dominators.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/semantics/commutation.hpp>
#include <palimpsest/light_vector.hpp>
#include <utility>

namespace palimpsest::pass {

namespace detail {

/// The operation and operands of an instruction; two that are equal have the same results.
struct expression {
    ir::opcode code{};
    ir::type type{};
    std::uint8_t condition = 0;
    std::uint16_t flags = 0;
    std::uint32_t entity = 0;
    std::uint64_t immediate = 0;
    std::array<ir::value, 3> operands{};

    /// Takes an instruction with no more than three operands.
    expression(const ir::function& in, ir::inst which) {
        const auto& data = in[which];
        code = data.code;
        type = data.type;
        condition = data.condition;
        flags = data.flags.raw();
        entity = data.entity;
        immediate = data.immediate;
        std::size_t count = 0;
        for (const auto one : in.arguments(which)) operands[count++] = in.resolve(one);
        put_in_order();
    }

    std::uint64_t hash() const noexcept {
        using palimpsest::detail::mixed;
        auto made = mixed(static_cast<std::uint64_t>(code), static_cast<std::uint64_t>(type));
        made = mixed(made, std::uint64_t{flags} << 8U | condition);
        made = mixed(mixed(made, entity), immediate);
        for (const auto one : operands) made = mixed(made, one.index());
        return made;
    }
    friend bool operator==(const expression&, const expression&) = default;

  private:
    void put_in_order() noexcept {
        if (operands[1] >= operands[0]) return;
        if (code == ir::opcode::icmp)
            condition = static_cast<std::uint8_t>(
                ir::semantics::exchanged(static_cast<ir::int_condition>(condition)));
        else if (!ir::semantics::is_commutative(code))
            return;
        std::swap(operands[0], operands[1]);
    }
};

/// Whether it is enough to execute the operation once with the same operands.
constexpr bool is_numbered(ir::opcode code) noexcept {
    const auto& is = ir::describe(code);
    return (is.effects & ~ir::effect::traps) == 0 && !is.any_more_operands;
}

}  // namespace detail

/// The pass that avoids computing a value twice. Put it after constant_folding, and before
/// load_elimination, which finds more loads if equal addresses are one value. It leaves aliases:
/// see alias_resolution. Takes nearly linear time in the instructions.
template <class = void>
struct basic_value_numbering {
    bool operator()(ir::function& in) const {
        const ir::analysis::dominators tree(in);
        palimpsest::detail::scoped_table<detail::expression, ir::inst> known;
        struct scope {
            ir::block of;
            std::size_t known_before;
        };
        light_vector<scope> scopes;
        bool changed = false;
        for (const auto at : tree.preorder()) {
            for (; !scopes.empty() && !tree.dominates(scopes.back().of, at); scopes.pop_back())
                known.shrink(scopes.back().known_before);
            scopes.push_back({at, known.size()});
            for (auto one = in.first(at); one;) {
                const auto which = std::exchange(one, in.next(one));
                if (!detail::is_numbered(in[which].code)) continue;
                const detail::expression computed(in, which);
                if (const auto* const before = known.find(computed)) {
                    for (std::size_t index = 0; index < in.results(which).size(); ++index)
                        in.make_alias(in.results(which)[index], in.results(*before)[index]);
                    in.remove(at, which);
                    changed = true;
                } else {
                    known.add(computed, which);
                }
            }
        }
        return changed;
    }
};
using value_numbering = basic_value_numbering<>;

}  // namespace palimpsest::pass
