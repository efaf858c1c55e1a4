// SPDX-License-Identifier: Apache-2.0
// The data that a pool keeps for each slot.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/pool/budget/no_limit.hpp>
#include <palimpsest/pool/detail/listed_hooks.hpp>
#include <palimpsest/pool/detail/observed_system.hpp>
#include <palimpsest/pool/image.hpp>
#include <palimpsest/pool/reset/hook.hpp>
#include <span>
#include <type_traits>
#include <vector>

namespace palimpsest::detail {

/// The bounds of one linear memory of a slot, in bytes from its start.
///
///     0        size    accessible        reach                 maximum
///     |---------|----------|----------------|----------------------|
///     | the guest's memory | inaccessible, may hold clean pages    |
struct memory_state {
    os::address_range range{};         // up to its maximum
    std::atomic<std::size_t> size{0};  // what the guest sees; read while another thread grows it
    std::size_t accessible = 0;        // whole pages
    std::size_t reach = 0;  // accessible at any time since the slot was mapped or decommitted

    /// The addresses that may hold pages.
    os::address_range reached() const noexcept { return {range.begin, range.begin + reach}; }
    /// The addresses that are accessible now.
    os::address_range opened() const noexcept { return {range.begin, range.begin + accessible}; }
};

/// The types that follow from a composition.
template <class Composition>
struct pool_types {
    using composition = Composition;
    using system = observed_system<typename Composition::system, typename Composition::observe>;
    using tracker = typename Composition::dirty::template tracker<system>;
    using budget = typename Composition::budget;
    using reset = typename Composition::reset;
    using growth = typename Composition::growth;
    using reuse = typename Composition::reuse;
    using threading = typename Composition::threading;

    static constexpr bool batched = has_hook<reset, palimpsest::reset::hook::batch>;
    static constexpr bool limits_warm_slots =
        Composition::warm_limit::slots != palimpsest::budget::no_limit;
};

struct nothing_deferred {};

/// The record of one slot. It has its own cache lines, since different threads work on different
/// slots.
template <class Types>
struct alignas(64) slot_record {
    using deferred_ranges =
        std::conditional_t<Types::batched, std::vector<os::address_range>, nothing_deferred>;

    os::address_range range{};  // state to the maximum of the last memory
    std::span<memory_state> memories{};
    std::span<os::address_range> spans{};  // the ranges that an instance could reach
    std::optional<image> held{};           // the image that the slot maps; empty: a cold slot
    std::size_t kept = 0;                  // pages that the last reset left resident
    // Set by any thread: two may find out at once, each in a memory of its own, that a growth
    // failed.
    std::atomic<bool> whole{false};      // all parts are mapped as `held` says
    std::atomic<bool> disturbed{false};  // written where no search for dirty pages looks
    std::atomic<bool> announced{false};  // host code announced a write since the last full decommit
    std::atomic<bool> guarded{false};    // and ever, so that guards may lie beyond the memories
    [[no_unique_address]] typename Types::tracker::slot_data dirty;
    [[no_unique_address]] typename Types::budget::account account;
    [[no_unique_address]] deferred_ranges deferred;
};

}  // namespace palimpsest::detail
