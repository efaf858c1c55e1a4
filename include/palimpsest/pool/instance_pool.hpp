// SPDX-License-Identifier: Apache-2.0
// The instance pool: slots that are put back to their image when an instance ends, by policies
// that are given as types.
#pragma once

#include <cstddef>
#include <optional>
#include <palimpsest/os/fork_hooks.hpp>
#include <palimpsest/os/mapping_count.hpp>
#include <palimpsest/pool/detail/composition.hpp>
#include <palimpsest/pool/detail/decommit_batch.hpp>
#include <palimpsest/pool/detail/free_slots.hpp>
#include <palimpsest/pool/detail/mapping_shortage.hpp>
#include <palimpsest/pool/detail/quarantine.hpp>
#include <palimpsest/pool/detail/slot_contents.hpp>
#include <palimpsest/pool/detail/slot_count.hpp>
#include <palimpsest/pool/detail/slot_mechanics.hpp>
#include <palimpsest/pool/footprint.hpp>
#include <palimpsest/pool/image.hpp>
#include <palimpsest/pool/slot.hpp>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace palimpsest {

/// A pool of slots. `Policies` may stand in any order, at most one for each role (budgets combine);
/// each role that is left out has a default. All operations are thread-safe, unless
/// reuse::single_threaded is chosen.
///
/// No byte that one instance wrote is visible to the next: a slot whose reset fails is decommitted,
/// mapped anew, or at last put into quarantine, until it can be emptied.
template <class... Policies>
class instance_pool {
    using chosen = detail::composition<Policies...>;
    using types = detail::pool_types<chosen>;
    using mechanics = detail::slot_mechanics<types>;
    using record = typename mechanics::record;
    using threading = typename chosen::threading;

  public:
    /// The policy of each role, given or by default.
    using policies = chosen;
    /// The type of a slot in use, as acquire() hands it out.
    using slot = pool_slot<instance_pool>;

    /// Reserves address space for all slots, and commits no memory for them. Throws
    /// std::invalid_argument for absurd limits, and std::system_error, which says what to change,
    /// when the address space does not suffice or the kernel lacks a feature that a policy needs.
    explicit instance_pool(const pool_limits& limits)
        : mechanics_(limits),
          free_(mechanics_.slots()),
          batch_(mechanics_),
          quarantine_(mechanics_.slots()),
          forks_(*this) {}

    instance_pool(const instance_pool&) = delete;
    instance_pool& operator=(const instance_pool&) = delete;

    /// All slots must have been released.
    ~instance_pool() = default;

    /// Hands out a slot whose contents are exactly those of `start`; empty when all slots are in
    /// use. Throws std::invalid_argument when the image does not fit into a slot, and
    /// std::system_error when the kernel refuses to map it or has too few mappings left; the pool
    /// is then as it was.
    std::optional<slot> acquire(const image& start) {
        require_fit(start);
        const auto taken = take(start.id());
        if (!taken) {
            tell(event::exhausted{});
            return std::nullopt;
        }
        auto& chosen_slot = mechanics_[*taken];
        const bool warm = chosen_slot.held && chosen_slot.held->id() == start.id();
        if (!warm) map(chosen_slot, start);
        if (warm) warm_.subtract();
        dirty::hooks::acquired(mechanics_.tracker(), chosen_slot.dirty);
        tell(event::acquired{*taken, warm});
        return slot(*this, *taken);
    }

    /// Tries to empty the slots in quarantine, since the kernel often refuses because of a passing
    /// shortage. Gives how many can be handed out again. `acquire` tries a few before it gives up.
    std::size_t recover() noexcept { return recover(mechanics_.slots()); }

    /// Says that pages of the pool may have become resident without an access of a guest, by
    /// mlockall, mlock or MADV_POPULATE_WRITE. The next release of each slot then scans it,
    /// whatever dirty::fault_gate thinks. Only that policy needs it. Call it with no slot in use.
    void announce_population() noexcept { dirty::hooks::announce_population(mechanics_.tracker()); }

    /// Finds the slot and the part of it in which `address` lies; empty when it lies outside the
    /// slots. Async-signal-safe, for a handler that tells a guest's access beyond its memory from a
    /// fault of the host.
    std::optional<location> locate(const void* address) const noexcept {
        const auto at = reinterpret_cast<std::uintptr_t>(address);
        const auto pool = mechanics_.reservation();
        if (!pool.contains(at)) return std::nullopt;
        return mechanics_.layout().locate(at - pool.begin);
    }

    /// The memory that a pool of these limits takes. Maps nothing. Throws std::invalid_argument for
    /// absurd limits.
    static pool_footprint footprint(const pool_limits& limits) {
        return detail::footprint_of<chosen>(slot_layout(limits));
    }
    /// The memory that this pool takes at most.
    pool_footprint footprint() const { return detail::footprint_of<chosen>(mechanics_.layout()); }

    /// The number of slots, in use or free.
    std::size_t slots() const noexcept { return mechanics_.slots(); }
    const slot_layout& layout() const noexcept { return mechanics_.layout(); }
    /// The observer, such as observe::counters.
    const auto& observer() const noexcept { return mechanics_.system().observer(); }
    auto& observer() noexcept { return mechanics_.system().observer(); }
    /// The tracker of the dirty policy, to ask it for its choices, such as those of
    /// dirty::first_supported.
    const auto& tracker() const noexcept { return mechanics_.tracker(); }

  private:
    friend slot;
    friend memory_view<instance_pool>;
    friend os::fork_hooks;

    static constexpr bool limits_warm_slots = chosen::warm_limit::slots != budget::no_limit;

    // The slot and its views call these.

    bool grow(std::size_t number, std::size_t memory, std::size_t bytes) noexcept {
        auto& grown = mechanics_[number];
        return mechanics_.grow(grown, grown.memories[memory], bytes);
    }
    const detail::memory_state& memory_of(std::size_t number, std::size_t memory) const noexcept {
        return mechanics_[number].memories[memory];
    }
    os::address_range entity_of(std::size_t number, std::size_t entity) const noexcept {
        const auto begin = mechanics_[number].range.begin;
        const auto [from, to] = mechanics_.layout().entity(entity);
        return {begin + from, begin + to};
    }
    auto enter(std::size_t number) noexcept {
        using scope = typename dirty::hooks::scope_of<typename mechanics::tracker_type>::type;
        return scope(mechanics_.tracker(), mechanics_[number].dirty);
    }
    void leave(std::size_t number) noexcept {
        dirty::hooks::left(mechanics_.tracker(), mechanics_[number].dirty);
    }
    void announce_write(std::size_t number) noexcept {
        mechanics_[number].announced.store(true, std::memory_order_relaxed);
        mechanics_[number].guarded.store(true, std::memory_order_relaxed);
        dirty::hooks::announce_write(mechanics_.tracker(), mechanics_[number].dirty);
    }
    void written(std::size_t number, const void* address, std::size_t bytes) noexcept {
        const auto begin = reinterpret_cast<std::uintptr_t>(address);
        auto& target = mechanics_[number];
        const auto pages = os::intersection(
            {os::round_down_to_page(begin), os::round_up_to_page(begin + bytes)}, target.range);
        if (pages.empty()) return;
        const auto& layout = mechanics_.layout();
        for (auto entity = layout.entity_at(pages.begin - target.range.begin);
             entity < layout.entities() && entity_of(number, entity).begin < pages.end; ++entity) {
            const auto part = os::intersection(pages, entity_of(number, entity));
            if (!part.empty()) dirty::hooks::written(mechanics_.tracker(), target.dirty, part);
        }
    }
    template <class Builder>
    void describe_contents(std::size_t number, Builder& builder) {
        detail::describe_contents(mechanics_.system(), mechanics_.layout(), mechanics_[number],
                                  builder);
    }

    // Acquiring.

    std::optional<std::size_t> take(std::uint64_t image) noexcept {
        auto taken = free_.take(image);
        // This is done even when the batch is empty by now, since another thread may have emptied
        // it after the first look.
        if constexpr (types::batched)
            if (!taken) taken = batch_.flush(finisher(), [&] { return free_.take(image); });
        // Only a few are tried, since a shortage may last, and an exhausted pool is asked often.
        if (!taken && !quarantine_.empty() && recover(few_refusals) != 0) taken = free_.take(image);
        return taken;
    }

    /// Tries to empty slots in quarantine, and gives up after `most_refusals` that still cannot be
    /// emptied.
    std::size_t recover(std::size_t most_refusals) noexcept {
        return quarantine_.try_again(most_refusals, [this](std::size_t number) noexcept {
            if (!mechanics_.forget(mechanics_[number])) return false;
            tell(event::recovered{number});
            free_.put(number, 0);
            return true;
        });
    }
    static constexpr std::size_t few_refusals = 4;

    /// Throws std::invalid_argument, which names the limit.
    void require_fit(const image& start) const {
        const auto& layout = mechanics_.layout();
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

    /// Throws std::system_error; the slot is free again, as it was or cold.
    void map(record& target, const image& start) {
        const auto number = mechanics_.number_of(target);
        const bool was_warm = target.held.has_value();
        if (!has_mappings_for(start, was_warm ? target.held->mappings() : 0)) {
            free_.put(number, was_warm ? target.held->id() : 0);
            detail::throw_unmapped("mmap", start.mappings(), "mappings", number, ENOMEM,
                                   "the image has parts so far from each other that each takes "
                                   "mappings of its own; ",
                                   mapping_advice(start));
        }
        const auto failed = mechanics_.map(target, start);
        if (was_warm && !failed.slot_unchanged) warm_.subtract();
        if (failed.error == 0) return;
        if (failed.slot_unchanged)
            free_.put(number, target.held->id());
        else if (mechanics_.forget(target))
            free_.put(number, 0);
        else
            put_into_quarantine(number);
        detail::throw_unmapped(failed.call, failed.range.size(), "bytes", number, failed.error,
                               "the image could not be mapped: ", mapping_advice(start));
    }

    /// Whether the process has mappings left for an image of many parts. It is found out
    /// beforehand, because mapping such an image takes long, and undoing that takes longer.
    /// `given_back` is the number of mappings that the slot has now.
    bool has_mappings_for(const image& start, std::size_t given_back) noexcept {
        if (start.mappings() <= os::mapping_counter::few) return true;
        const auto most = mechanics_.system()(os::most_mappings{});
        const auto used = mappings_.count(mechanics_.system());
        return !most || !used || used.value + start.mappings() <= most.value + given_back;
    }

    std::string mapping_advice(const image& start) {
        const auto used = mappings_.count(mechanics_.system());
        return detail::mapping_advice(used, mechanics_.system()(os::most_mappings{}),
                                      start.mappings());
    }

    // Releasing.

    /// The slot as a reset policy sees it.
    class resetting_slot {
      public:
        resetting_slot(instance_pool& pool, record& slot) noexcept : pool_(pool), slot_(slot) {}

        bool restore() noexcept { return pool_.mechanics_.restore(slot_); }
        bool decommit() noexcept { return pool_.mechanics_.decommit(slot_); }
        bool remap() noexcept { return pool_.mechanics_.remap(slot_); }
        std::size_t index() const noexcept { return pool_.mechanics_.number_of(slot_); }

      private:
        instance_pool& pool_;
        record& slot_;
    };

    /// Restores what is dirty, or gives all pages back. False when the kernel refuses both.
    bool erase(record& target) noexcept {
        dirty::hooks::resetting(mechanics_.tracker(), target.dirty);
        resetting_slot facade(*this, target);
        if (chosen::reset::reset(facade)) return true;
        tell(event::degraded{mechanics_.number_of(target), event::reset_step::restore});
        return mechanics_.decommit(target);
    }

    void release(std::size_t number) noexcept {
        auto& target = mechanics_[number];
        const bool clean = erase(target);
        if constexpr (types::batched) {
            if (clean && !target.deferred.empty()) {
                batch_.add(number, finisher());
                return;
            }
        }
        finish(number, clean);
    }

    /// The rest of a release, once everything is restored or given back.
    void finish(std::size_t number, bool clean) noexcept {
        auto& target = mechanics_[number];
        clean = clean && settle(target);
        if (!clean && !remap(target)) {
            // Where mappings are short, its pages can be given back all the same.
            if (!mechanics_.forget(target)) {
                put_into_quarantine(number);
                return;
            }
            tell(event::released{number});
            free_.put(number, 0);
            return;
        }
        tell(event::released{number});
        if constexpr (limits_warm_slots) {
            if (warm_.add() > chosen::warm_limit::slots) {
                put_and_cool_one(number);
                return;
            }
        }
        free_.put(number, target.held->id());
    }

    /// Puts a slot back to its image in place. When that fails, the slot must be mapped anew.
    bool reset(std::size_t number) noexcept {
        auto& target = mechanics_[number];
        bool clean = erase(target);
        if constexpr (types::batched) clean = mechanics_.decommit_deferred(target) && clean;
        if (!clean || !settle(target)) {
            target.whole = false;
            return false;
        }
        dirty::hooks::acquired(mechanics_.tracker(), target.dirty);
        tell(event::was_reset{number});
        return true;
    }

    /// Makes an erased slot keep no more pages than it may, and have the sizes of its image.
    bool settle(record& target) noexcept {
        dirty::hooks::restored(mechanics_.tracker(), target.dirty, target.spans);
        return keep_small(target) && mechanics_.put_back_sizes(target);
    }

    /// Decommits the slot when it keeps more pages than it may, and maps it anew when it has become
    /// slow to reset; false when the kernel refuses.
    bool keep_small(record& target) noexcept {
        auto& tracker = mechanics_.tracker();
        const auto pages = dirty::hooks::resident(tracker, target.dirty, target.kept);
        if (pages > mechanics_.most_kept()) return mechanics_.decommit_at_once(target);
        if (dirty::hooks::overgrown(tracker, target.dirty, target.spans)) {
            if (mechanics_.remap(target)) return true;
            return target.whole && mechanics_.decommit_at_once(target);
        }
        return mechanics_.may_keep(target, pages) || mechanics_.decommit_at_once(target);
    }

    bool remap(record& target) noexcept {
        tell(event::degraded{mechanics_.number_of(target), event::reset_step::decommit});
        if (mechanics_.remap(target)) return true;
        tell(event::degraded{mechanics_.number_of(target), event::reset_step::remap});
        return false;
    }

    /// Sets a slot aside whose contents are not known. Nobody sees it before it has been emptied.
    void put_into_quarantine(std::size_t number) noexcept {
        tell(event::quarantined{number});
        quarantine_.put(number);
    }

    /// Frees a slot with which there are more warm ones than may be, and takes the pages and the
    /// image from one: from the one that has been free the longest, or from this one where the
    /// reuse policy names none. Never keeps two slots from other threads at once, since one of
    /// them may have no other.
    void put_and_cool_one(std::size_t number) noexcept {
        if (!free_.names_warm()) {
            warm_.subtract();
            cool(number);
            return;
        }
        const auto image = mechanics_[number].held->id();
        free_.put(number, image);
        auto taken = free_.take_oldest_warm();
        if (!taken) taken = free_.take(image);  // the policy forgot, or somebody was faster
        if (!taken) return;
        if (!mechanics_[*taken].held) {
            free_.put(*taken, 0);
            return;
        }
        warm_.subtract();
        cool(*taken);
    }

    void cool(std::size_t number) noexcept {
        if (mechanics_.forget(mechanics_[number]))
            free_.put(number, 0);
        else
            put_into_quarantine(number);
    }

    auto finisher() noexcept {
        return [this](std::size_t number, bool clean) noexcept { finish(number, clean); };
    }

    // Around fork.

    void before_fork() noexcept {
        batch_.lock();
        quarantine_.lock();
        free_.lock_all();
    }
    void after_fork_in_parent() noexcept {
        free_.unlock_all();
        quarantine_.unlock();
        batch_.unlock();
    }
    /// Slots that other threads hold stay taken: those threads are not in the child.
    void after_fork_in_child() noexcept {
        after_fork_in_parent();
        batch_.forked();
        dirty::hooks::forked(mechanics_.tracker());
        for (std::size_t number = 0; number < mechanics_.slots(); ++number)
            dirty::hooks::forked(mechanics_.tracker(), mechanics_[number].dirty);
    }

    template <class Event>
    void tell(const Event& event) noexcept {
        mechanics_.system().tell(event);
    }

    /// Free slots that are warm, where their number is limited.
    using warm_count =
        std::conditional_t<limits_warm_slots, detail::slot_count, detail::no_slot_count>;
    using batch = detail::batch_for<types, mechanics, typename threading::mutex>;

    mechanics mechanics_;
    detail::free_slots<typename chosen::reuse, threading, limits_warm_slots> free_;
    [[no_unique_address]] warm_count warm_;
    [[no_unique_address]] batch batch_;
    detail::quarantine<typename threading::mutex> quarantine_;
    os::mapping_counter mappings_;
    os::fork_hooks forks_;
};

}  // namespace palimpsest
