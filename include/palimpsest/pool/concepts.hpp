// What a policy of each role must offer. A type of your own that models one of these, and names
// its role, can be given to instance_pool like those of the library.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/os/mapping.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/layout.hpp>
#include <palimpsest/pool/observe/event.hpp>

namespace palimpsest {

/// What the pool gives a reset policy: the slot to be reset. Each operation is noexcept, and false
/// when it failed.
template <class Type>
concept resettable_slot = requires(Type& slot) {
    { slot.restore() } -> std::same_as<bool>;
    { slot.decommit() } -> std::same_as<bool>;
    { slot.remap() } -> std::same_as<bool>;
    { slot.index() } -> std::same_as<std::size_t>;
};

/// What the pool gives a growth policy: a memory. Sizes are in bytes, whole pages.
template <class Type>
concept growable_memory = requires(Type& memory, std::size_t bytes) {
    { memory.accessible() } -> std::same_as<std::size_t>;
    { memory.maximum() } -> std::same_as<std::size_t>;
    { memory.open_to(bytes) } -> std::same_as<bool>;
    { memory.close_to(bytes) } -> std::same_as<bool>;
};

namespace detail {

/// Types that stand for the pool's own where a concept asks what a policy does with them.
struct some_system {
    template <class Call, class... Arguments>
    auto operator()(Call call, Arguments&&... arguments) noexcept {
        return call(static_cast<Arguments&&>(arguments)...);
    }
    template <class Event>
    void tell(const Event&) noexcept {}
};
struct some_sink {
    std::size_t operator()(os::address_range) const noexcept;
};
struct some_slot {
    bool restore() noexcept;
    bool decommit() noexcept;
    bool remap() noexcept;
    std::size_t index() const noexcept;
};
struct some_memory {
    std::size_t accessible() const noexcept;
    std::size_t maximum() const noexcept;
    bool open_to(std::size_t) noexcept;
    bool close_to(std::size_t) noexcept;
};

template <class Policy>
using tracker_of = typename Policy::template tracker<some_system>;

}  // namespace detail

/// Finds dirty pages. `tracker<System>` is made once a pool, its `slot_data` once a slot.
/// `collect` gives the sink every page of the spans, from an address on, whose contents may differ
/// from the image, in order of address, and stops where the sink accepts fewer pages than it was
/// given. More hooks, all optional, are listed in dirty/hooks.hpp.
template <class Policy>
concept dirty_policy =
    requires {
        { Policy::finds_every_resident_page } -> std::convertible_to<bool>;
        typename detail::tracker_of<Policy>::slot_data;
    } &&
    std::default_initializable<typename detail::tracker_of<Policy>::slot_data> &&
    std::constructible_from<detail::tracker_of<Policy>, detail::some_system&,
                            const slot_layout&> &&
    requires(detail::tracker_of<Policy>& tracker,
             typename detail::tracker_of<Policy>::slot_data& slot, dirty::spans of,
             detail::some_sink sink) {
        {
            tracker.collect(slot, of, std::uintptr_t{}, std::size_t{}, sink)
        } -> std::same_as<dirty::found>;
    };

/// Resets a slot, by the operations of resettable_slot; false makes the pool decommit it.
template <class Policy>
concept reset_policy = requires(detail::some_slot& slot) {
    { Policy::finds_dirty_pages } -> std::convertible_to<bool>;
    { Policy::reset(slot) } noexcept -> std::same_as<bool>;
};

/// Grants pages to a reset. A purse is opened for each, on the slot's account.
/// `most_bytes(entities, slots)` is what all slots together can have restored.
template <class Policy>
concept budget_policy = std::default_initializable<Policy> &&
    std::default_initializable<typename Policy::account> &&
    std::constructible_from<typename Policy::purse, Policy&, typename Policy::account&> &&
    requires(typename Policy::purse& purse, std::size_t entity, std::size_t pages) {
        { Policy::most_bytes(std::size_t{}, std::size_t{}) } -> std::same_as<std::size_t>;
        { purse.most() } -> std::same_as<std::size_t>;
        { purse.take(entity, pages) } -> std::same_as<std::size_t>;
        { purse.put_back(entity, pages) } -> std::same_as<void>;
        { Policy::purse::next_entity_may_have_more } -> std::convertible_to<bool>;
    };

/// Names the bytes that a free slot may keep resident.
template <class Policy>
concept idle_cap_policy = requires {
    { Policy::bytes } -> std::convertible_to<std::size_t>;
};

/// Keeps free slots and chooses among them.
template <class Policy>
concept reuse_policy = std::constructible_from<typename Policy::free_list, std::size_t> &&
    requires(typename Policy::free_list& list, std::size_t slot, std::uint64_t image) {
        { Policy::free_list::stages } -> std::convertible_to<std::size_t>;
        { list.put(slot, image) } noexcept;
        { list.take(image, std::size_t{}) } noexcept -> std::same_as<std::optional<std::size_t>>;
        { list.oldest_warm() } noexcept -> std::same_as<std::optional<std::size_t>>;
        { list.take_oldest_warm() } noexcept -> std::same_as<std::optional<std::size_t>>;
    };

/// Names the number of free slots that may stay warm.
template <class Policy>
concept warm_limit_policy = requires {
    { Policy::slots } -> std::convertible_to<std::size_t>;
};

/// Says how free slots are shared between threads.
template <class Policy>
concept threading_policy = std::default_initializable<typename Policy::mutex> &&
    requires(typename Policy::mutex& mutex, std::size_t count) {
        mutex.lock();
        mutex.unlock();
        { Policy::shards(count) } -> std::same_as<std::size_t>;
        { Policy::home(count) } -> std::same_as<std::size_t>;
    };

/// Makes a memory larger, and puts it back.
template <class Policy>
concept growth_policy = requires(detail::some_memory& memory, std::size_t bytes) {
    { Policy::grow(memory, bytes) } noexcept -> std::same_as<bool>;
    { Policy::put_back(memory, bytes) } noexcept -> std::same_as<bool>;
};

/// Sees every event of observe/event.hpp, on the thread on which it happens.
template <class Policy>
concept observe_policy = std::default_initializable<Policy> && requires(Policy& observer) {
    { observer.see(event::acquired{}) } noexcept;
    { observer.see(event::exhausted{}) } noexcept;
    { observer.see(event::released{}) } noexcept;
    { observer.see(event::restored{}) } noexcept;
    { observer.see(event::decommitted{}) } noexcept;
    { observer.see(event::remapped{}) } noexcept;
    { observer.see(event::scanned{}) } noexcept;
    { observer.see(event::gate_hit{}) } noexcept;
    { observer.see(event::gate_missed_page{}) } noexcept;
    { observer.see(event::degraded{}) } noexcept;
    { observer.see(event::quarantined{}) } noexcept;
    { observer.see(event::system_call{}) } noexcept;
};

/// Runs the calls of os/.
template <class Policy>
concept system_policy =
    std::default_initializable<Policy> && requires(const Policy& system, os::address_range range) {
        { system(os::decommit{}, range) } noexcept -> std::same_as<os::status>;
    };

}  // namespace palimpsest
