// SPDX-License-Identifier: Apache-2.0
// The instance pool: slots that are reset to their image when an instance ends, by policies that
// are given as types.
//
// This header says how a slot is acquired. What happens from its release until it is free again is
// in detail/reset_ladder.hpp, from top to bottom.
#pragma once

#include <cstddef>
#include <optional>
#include <palimpsest/os/fork_hooks.hpp>
#include <palimpsest/os/mapping_count.hpp>
#include <palimpsest/pool/detail/composition.hpp>
#include <palimpsest/pool/detail/free_slots.hpp>
#include <palimpsest/pool/detail/mapping_shortage.hpp>
#include <palimpsest/pool/detail/memory_growth.hpp>
#include <palimpsest/pool/detail/reset_ladder.hpp>
#include <palimpsest/pool/detail/slot_contents.hpp>
#include <palimpsest/pool/detail/slot_mapping.hpp>
#include <palimpsest/pool/detail/slot_record.hpp>
#include <palimpsest/pool/detail/slot_store.hpp>
#include <palimpsest/pool/footprint.hpp>
#include <palimpsest/pool/image.hpp>
#include <palimpsest/pool/slot.hpp>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace palimpsest {

/// A pool of slots. `Policies` may come in any order, at most one for each role (budgets combine);
/// a role that is left out has a default. All operations are thread-safe unless
/// reuse::single_threaded is chosen.
///
/// No byte that one instance wrote is visible to the next: a slot whose reset fails is decommitted,
/// then remapped, and finally put into quarantine until it can be emptied.
template <class... Policies>
class instance_pool {
    using chosen = detail::composition<Policies...>;
    using types = detail::pool_types<chosen>;
    using record = detail::slot_record<types>;

  public:
    /// The policy of each role, given or by default.
    using policies = chosen;
    /// The type of a slot in use, which acquire() returns.
    using slot = pool_slot<instance_pool>;

    /// Reserves address space for all slots, and commits no memory for them. Throws
    /// std::invalid_argument for absurd limits, and std::system_error, which says what to change,
    /// if there is not enough address space or the kernel lacks a feature that a policy needs.
    explicit instance_pool(const pool_limits& limits)
        : slots_(limits), free_(slots_.slots()), ladder_(slots_, free_), forks_(*this) {}

    instance_pool(const instance_pool&) = delete;
    instance_pool& operator=(const instance_pool&) = delete;

    /// All slots must have been released before.
    ~instance_pool() = default;

    /// Returns a slot whose contents are exactly those of `start`; empty if all slots are in use.
    /// Throws std::invalid_argument if the image does not fit into a slot, and std::system_error if
    /// the kernel refuses to map it or has too few mappings left; the pool is then unchanged.
    std::optional<slot> acquire(const image& start) {
        require_fit(start);
        const auto taken = take(start.id());
        if (!taken) {
            slots_.tell(event::exhausted{});
            return std::nullopt;
        }
        auto& chosen_slot = slots_[*taken];
        const bool warm = chosen_slot.held && chosen_slot.held->id() == start.id();
        if (warm)
            free_.warm().subtract();
        else
            map(chosen_slot, start);
        dirty::hooks::acquired(slots_.tracker(), chosen_slot.dirty);
        slots_.tell(event::acquired{*taken, warm});
        return slot(*this, *taken);
    }

    /// Tries to empty the slots in quarantine, since the kernel often refuses because of a passing
    /// shortage. Returns how many can be handed out again. `acquire` tries a few before it gives
    /// up.
    std::size_t recover() noexcept { return ladder_.recover(slots_.slots()); }

    /// Says that pages of the pool may have become resident without a guest access, through
    /// mlockall, mlock or MADV_POPULATE_WRITE. The next release of each slot then scans it,
    /// whatever dirty::fault_gate thinks. Only that policy needs this. Call it while no slot is in
    /// use.
    void announce_population() noexcept { dirty::hooks::announce_population(slots_.tracker()); }

    /// Finds the slot that contains `address`, and the part of the slot; empty if no slot contains
    /// it. Async-signal-safe, for a handler that must tell a guest's out-of-bounds access from a
    /// fault of the host.
    std::optional<location> locate(const void* address) const noexcept {
        const auto at = reinterpret_cast<std::uintptr_t>(address);
        const auto pool = slots_.reservation();
        if (!pool.contains(at)) return std::nullopt;
        return slots_.layout().locate(at - pool.begin);
    }

    /// The memory that a pool with these limits takes. Maps nothing. Throws std::invalid_argument
    /// for absurd limits.
    static pool_footprint footprint(const pool_limits& limits) {
        return detail::footprint_of<chosen>(slot_layout(limits));
    }
    /// The most memory that this pool takes.
    pool_footprint footprint() const { return detail::footprint_of<chosen>(slots_.layout()); }

    /// The number of slots, in use or free.
    std::size_t slots() const noexcept { return slots_.slots(); }
    const slot_layout& layout() const noexcept { return slots_.layout(); }
    /// The observer, such as observe::counters.
    const auto& observer() const noexcept { return slots_.system().observer(); }
    auto& observer() noexcept { return slots_.system().observer(); }
    /// The tracker of the dirty policy, to ask what it chose, as dirty::first_supported does.
    const auto& tracker() const noexcept { return slots_.tracker(); }

  private:
    friend slot;
    friend memory_view<instance_pool>;
    friend os::fork_hooks;

    // Called by the slot and its views.

    void release(std::size_t number) noexcept { ladder_.release(slots_[number]); }
    bool reset(std::size_t number) noexcept { return ladder_.reset_in_place(slots_[number]); }
    bool grow(std::size_t number, std::size_t memory, std::size_t bytes) noexcept {
        auto& grown = slots_[number];
        return detail::grow_memory(slots_, grown, grown.memories[memory], bytes);
    }
    const detail::memory_state& memory_of(std::size_t number, std::size_t memory) const noexcept {
        return slots_[number].memories[memory];
    }
    os::address_range entity_of(std::size_t number, std::size_t entity) const noexcept {
        const auto begin = slots_[number].range.begin;
        const auto [from, to] = slots_.layout().entity(entity);
        return {begin + from, begin + to};
    }
    auto enter(std::size_t number) noexcept {
        using scope = typename dirty::hooks::scope_of<typename types::tracker>::type;
        return scope(slots_.tracker(), slots_[number].dirty);
    }
    void leave(std::size_t number) noexcept {
        dirty::hooks::left(slots_.tracker(), slots_[number].dirty);
    }
    void announce_write(std::size_t number) noexcept {
        slots_[number].announced.store(true, std::memory_order_relaxed);
        slots_[number].guarded.store(true, std::memory_order_relaxed);
        dirty::hooks::announce_write(slots_.tracker(), slots_[number].dirty);
    }
    void written(std::size_t number, const void* address, std::size_t bytes) noexcept {
        const auto begin = reinterpret_cast<std::uintptr_t>(address);
        auto& target = slots_[number];
        const auto pages = os::intersection(
            {os::round_down_to_page(begin), os::round_up_to_page(begin + bytes)}, target.range);
        if (pages.empty()) return;
        const auto& layout = slots_.layout();
        for (auto entity = layout.entity_at(pages.begin - target.range.begin);
             entity < layout.entities() && entity_of(number, entity).begin < pages.end; ++entity) {
            const auto part = os::intersection(pages, entity_of(number, entity));
            if (!part.empty()) dirty::hooks::written(slots_.tracker(), target.dirty, part);
        }
    }
    template <class Builder>
    void describe_contents(std::size_t number, Builder& builder) {
        detail::describe_contents(slots_.system(), slots_.layout(), slots_[number], builder);
    }

    // Acquiring.

    std::optional<std::size_t> take(std::uint64_t image) noexcept {
        auto taken = free_.take(image);
        // This is done even if the batch is empty by now, since another thread may have emptied it
        // after the first look.
        if constexpr (types::batched)
            if (!taken) taken = ladder_.flush([&] { return free_.take(image); });
        // Only a few are tried, since a shortage may last, and an exhausted pool is asked often.
        constexpr std::size_t few_refusals = 4;
        if (!taken && ladder_.recover(few_refusals) != 0) taken = free_.take(image);
        return taken;
    }

    /// Throws std::invalid_argument, which names the limit.
    void require_fit(const image& start) const {
        const auto& layout = slots_.layout();
        require_at_most(start.state().size(), layout.state_bytes(), "bytes of state", "state");
        require_at_most(used(start.tables()), layout.tables(), "tables", "tables");
        for (const auto& table : start.tables())
            require_at_most(table.size(), layout.table_bytes(), "bytes in a table",
                            "table_elements");
        require_at_most(used(start.memories()), layout.memories(), "memories", "memories");
        for (const auto& memory : start.memories())
            require_at_most(memory.size(), layout.memory_bytes(), "bytes in a memory",
                            "memory.maximum");
    }
    /// Entities up to the last that holds something.
    static std::size_t used(std::span<const entity_contents> entities) noexcept {
        auto count = entities.size();
        while (count != 0 && entities[count - 1].size() == 0) --count;
        return count;
    }
    static void require_at_most(std::size_t wanted, std::size_t most, const char* what,
                                const char* limit) {
        if (wanted <= most) [[likely]]
            return;
        throw std::invalid_argument("palimpsest: acquire: the image has " + std::to_string(wanted) +
                                    " " + what + ", but a slot of this pool holds " +
                                    std::to_string(most) + "; raise pool_limits::" + limit);
    }

    /// Throws std::system_error; the slot is then free again, unchanged or cold.
    void map(record& target, const image& start) {
        const auto number = slots_.number_of(target);
        const bool was_warm = target.held.has_value();
        if (!has_mappings_for(start, was_warm ? target.held->mappings() : 0)) {
            free_.put(number, was_warm ? target.held->id() : 0);
            detail::throw_unmapped("mmap", start.mappings(), "mappings", number, ENOMEM,
                                   "the image has parts so far from each other that each takes "
                                   "mappings of its own; ",
                                   mapping_advice(start));
        }
        const auto failed = detail::slot_mapping(slots_, target).map(start);
        if (was_warm && !failed.slot_unchanged) free_.warm().subtract();
        if (failed.error == 0) return;
        if (failed.slot_unchanged)
            free_.put(number, target.held->id());
        else
            ladder_.empty_or_quarantine(target);
        detail::throw_unmapped(failed.call, failed.range.size(), "bytes", number, failed.error,
                               "the image could not be mapped: ", mapping_advice(start));
    }

    /// Whether the process has mappings left for an image of many parts. This is checked beforehand
    /// because mapping such an image takes long, and undoing that takes longer. `given_back` is the
    /// number of mappings that the slot has now.
    bool has_mappings_for(const image& start, std::size_t given_back) noexcept {
        if (start.mappings() <= os::mapping_counter::few) return true;
        const auto most = slots_.system()(os::most_mappings{});
        const auto used = mappings_.count(slots_.system());
        return !most || !used || used.value + start.mappings() <= most.value + given_back;
    }

    std::string mapping_advice(const image& start) {
        const auto used = mappings_.count(slots_.system());
        return detail::mapping_advice(used, slots_.system()(os::most_mappings{}), start.mappings());
    }

    // Fork handling.

    void before_fork() noexcept {
        ladder_.lock();
        free_.lock_all();
    }
    void after_fork_in_parent() noexcept {
        free_.unlock_all();
        ladder_.unlock();
    }
    /// Slots that other threads hold stay taken: those threads are not in the child.
    void after_fork_in_child() noexcept {
        after_fork_in_parent();
        ladder_.forked();
        dirty::hooks::forked(slots_.tracker());
        for (std::size_t number = 0; number < slots_.slots(); ++number)
            dirty::hooks::forked(slots_.tracker(), slots_[number].dirty);
    }

    detail::slot_store<types> slots_;
    detail::free_slots<types> free_;
    detail::reset_ladder<types> ladder_;
    os::mapping_counter mappings_;
    os::fork_hooks forks_;
};

}  // namespace palimpsest
