// SPDX-License-Identifier: Apache-2.0
// Versions of memory. At each place in a function, each class of memory has a version: the last
// instruction that may have written to it, or a block where paths with different versions join. The
// same address in the same version holds the same bytes.
//
// Starting a version takes constant time, whatever the number of classes: a store to a region is
// the last one to it and to anything, and a change of all regions is recorded once for all of them,
// so the version of a region is the later of the two.
//
// Each class has only those joins where it matters. Finding them takes time proportional to the
// branches that lead to them. If many classes change in many loops, that is the product of both, so
// there is a limit for all classes together: as many branches as sixteen classes that change
// everywhere would follow, plus some in proportion to the number of instructions. First each class
// may follow its equal share, then the rest goes to those that need more. The classes that get too
// little share their joins: where paths join on which any of them changed, all of them get a new
// version. Between joins they are told apart like the others.
//
// Versions by the last store, and the classes, follow Cranelift's alias analysis
// (cranelift/codegen/src/alias_analysis.rs, the module documentation); dominance frontiers tell
// where versions join.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/analysis/dominance_frontier.hpp>
#include <palimpsest/ir/analysis/dominators.hpp>
#include <palimpsest/ir/analysis/memory_classes.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/semantics/memory_access.hpp>
#include <palimpsest/light_vector.hpp>
#include <span>

namespace palimpsest::ir::analysis {

/// The versions of memory along a walk over the dominator tree: visit the blocks of preorder(),
/// enter() each, and follow() its instructions in order. Instructions that the walk has passed may
/// be removed. Takes nearly linear time in instructions, branches and classes overall.
template <class Tag = void>
class basic_memory_versions {
  public:
    using version = std::uint32_t;

    /// The origin of a version: a store, if the bytes it wrote are known.
    struct version_data {
        semantics::memory_access store{};
        unsigned size = 0;  // of the store; 0: not a store
        memory_class of = anything;
        version before = 0;           // of its class; for a store to no region, that of all
        version anything_before = 0;  // of anything
    };
    /// The version of a class is the later of these.
    struct position {
        version own = 0;
        version of_all = 0;  // with all regions

        version last() const noexcept { return std::max(own, of_all); }
    };

    explicit basic_memory_versions(const function& in)
        : in_(in),
          tree_(in),
          classes_(in),
          everything_(static_cast<memory_class>(classes_.count())),
          shared_(everything_ + 1),
          first_join_(in.block_count()),
          shares_joins_(classes_.count() + 2),
          now_(classes_.count() + 2) {
        find_joins();
        versions_.push_back({});  // at the start of the function; for readonly memory the only one
    }

    const memory_classes& classes() const noexcept { return classes_; }
    std::span<const block> preorder() const noexcept { return tree_.preorder(); }

    /// Moves on to the next block of the preorder, and back to the versions that dominate it.
    /// `known` is how much the caller knows by now, in its own unit; returns how much of that it
    /// knew in the blocks that dominate this one.
    std::size_t enter(block at, std::size_t known) {
        for (; !scopes_.empty() && !tree_.dominates(scopes_.back().of, at); scopes_.pop_back())
            known = leave(scopes_.back());
        scopes_.push_back({at, known, begun_.size()});
        if (first_join_[at.index()] == 0) return known;
        const auto made = add_version({});
        for (auto one = first_join_[at.index()]; one != 0; one = joins_[one - 1].next)
            begin(joins_[one - 1].of, made);
        return known;
    }
    /// Starts a new version of the class that an instruction changes, if any.
    void follow(inst which) {
        const auto& one = in_[which];
        const auto changed = changed_by(one);
        if (changed == nothing) return;
        if (!semantics::is_store(one.code)) return change(changed, {});
        change(changed,
               {semantics::access_of(in_, which), semantics::bytes_accessed(one.code, one.type)});
    }
    /// The current position of a class. For readonly memory it is position().
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
    /// The origin of a version.
    const version_data& operator[](version which) const noexcept { return versions_[which]; }

  private:
    struct scope {
        block of;
        std::size_t known_before = 0;
        std::size_t begun_before = 0;
    };
    struct begun {
        memory_class of;
        version before;
    };
    /// A class that gets a version of its own at the start of a block.
    struct join {
        memory_class of;
        std::uint32_t next;  // of the block, from 1
    };

    static constexpr memory_class nothing = ~memory_class{0};

    /// The class that an instruction changes, or `nothing`; a store to a region also changes
    /// `anything`, and one to `anything` changes all regions.
    memory_class changed_by(const instruction& one) const noexcept {
        if (semantics::is_store(one.code)) return classes_.of(one);
        const bool changes = has_effect(one.code, effect::stores | effect::calls) ||
                             one.code == opcode::debugtrap;  // where a debugger may step in
        return changes ? anything : nothing;
    }
    /// Visits the classes that get a new version when one class changes.
    template <class Visit>
    void for_each_begun(memory_class changed, Visit&& visit) const {
        visit(changed == anything ? everything_ : changed);
        if (!classes_.is_own_slot(changed)) visit(anything);
    }

    // Where versions join.

    using changing_blocks = light_vector<light_vector<block>>;  // by class

    void find_joins() {
        auto changing = find_changes();
        dominance_frontier frontier(in_, tree_);
        // The two classes that all accesses rely on always have their own joins.
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
                if (const auto changed = changed_by(in_[one]); changed != nothing)
                    for_each_begun(changed, [&](memory_class of) {
                        auto& all = made[of];
                        if (all.empty() || all.back() != at) all.push_back(at);
                    });
        return made;
    }
    struct search {
        bool whole;
        std::size_t followed;  // branches
    };
    /// Adds all joins of a class, or none if more than `most` branches lead to them.
    search add_joins(dominance_frontier& frontier, memory_class of,
                     const light_vector<block>& changing, std::size_t most) {
        auto left = most;
        found_.clear();
        const bool whole =
            frontier.for_each_join(changing, left, [&](block at) { found_.push_back(at); });
        if (whole)
            for (const auto at : found_) {
                joins_.push_back({of, first_join_[at.index()]});
                first_join_[at.index()] = static_cast<std::uint32_t>(joins_.size());
            }
        return {whole, most - left};
    }
    void share_joins(dominance_frontier& frontier, const light_vector<memory_class>& all,
                     changing_blocks& changing) {
        for (const auto of : all) {
            shares_joins_[of] = true;
            changing[shared_].append(changing[of].data(), changing[of].size());
        }
        (void)add_joins(frontier, shared_, changing[shared_], ~std::size_t{0});
    }

    // Versions.

    std::size_t leave(const scope& last) noexcept {
        for (; begun_.size() > last.begun_before; begun_.pop_back())
            now_[begun_.back().of] = begun_.back().before;
        return last.known_before;
    }
    version add_version(const version_data& made) {
        versions_.push_back(made);
        return static_cast<version>(versions_.size() - 1);
    }
    void begin(memory_class of, version made) {
        begun_.push_back({of, now_[of]});
        now_[of] = made;
    }
    /// Starts a new version of the class that an instruction changes.
    void change(memory_class of, version_data made) {
        made.of = of;
        made.before = of == anything ? now_[everything_] : now_own(of);
        made.anything_before = now_[anything];
        const auto added = add_version(made);
        for_each_begun(of, [&](memory_class one) { begin(one, added); });
    }
    /// The version of a class from its own changes, without those of all regions.
    version now_own(memory_class of) const noexcept {
        return shares_joins_[of] ? std::max(now_[of], now_[shared_]) : now_[of];
    }

    const function& in_;
    dominators tree_;
    memory_classes classes_;
    memory_class everything_;                 // after all classes: changes of all regions at once
    memory_class shared_;                     // after that: the joins that classes share
    light_vector<std::uint32_t> first_join_;  // by block, from 1
    light_vector<join> joins_;
    light_vector<block> found_;        // joins of a class
    light_vector<bool> shares_joins_;  // by class
    light_vector<version_data> versions_;
    light_vector<version> now_;   // by class
    light_vector<begun> begun_;   // in the enclosing blocks
    light_vector<scope> scopes_;  // the blocks around the current one, and last that
};
using memory_versions = basic_memory_versions<>;

}  // namespace palimpsest::ir::analysis
