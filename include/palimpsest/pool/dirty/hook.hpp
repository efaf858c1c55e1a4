// SPDX-License-Identifier: Apache-2.0
// The hooks that a tracker may have. It lists those that it has:
//
//     template <class System>
//     class tracker {
//       public:
//         using provided_hooks = provides<hook::mapped, hook::resident>;
//         struct slot_data { ... };
//         void mapped(slot_data& slot, os::address_range range) noexcept;
//         std::size_t resident(const slot_data& slot, std::size_t kept) const noexcept;
//
// Each is one function of the signature that stands with it, neither overloaded nor a template. It
// may be const or static where it needs no more. hooks.hpp calls them; what is done for a hook that
// is absent stands there.
#pragma once

namespace palimpsest::dirty::hook {

/// `void set_up(slot_data&, os::address_range)`: once a slot, when the pool is built; may throw.
struct set_up;

/// `void mapped(slot_data&, os::address_range) noexcept`: the slot was mapped anew, and none of its
/// pages is resident.
struct mapped;

/// `void acquired(slot_data&) noexcept`: an instance begins, on the calling thread.
struct acquired;

/// `void growing(slot_data&) noexcept`: a memory of the slot is about to grow, on the calling
/// thread.
struct growing;

/// `void left(slot_data&) noexcept`: the acquiring thread is done with the slot, outside of scopes.
struct left;

/// `void resetting(slot_data&) noexcept`: a reset begins, on the calling thread.
struct resetting;

/// `void decommitted(slot_data&, os::address_range) noexcept`: these pages are not resident any
/// more.
struct decommitted;

/// `void restored(slot_data&, spans) noexcept`: what was collected has been restored or
/// decommitted.
struct restored;

/// `std::size_t resident(const slot_data&, std::size_t kept) const noexcept`: pages that hold
/// private memory; an upper bound. `kept` is what the last reset left resident. Without it, that is
/// the answer: right for a tracker that finds every resident page.
struct resident;

/// `bool overgrown(slot_data&, spans) noexcept`: true when the slot is better mapped anew, dirty or
/// not.
struct overgrown;

/// `void written(slot_data&, os::address_range) noexcept`: the engine reports a write.
struct written;

/// `void announce_write(slot_data&) noexcept`: somebody else wrote to the slot.
struct announce_write;

/// `void announce_population() noexcept`: pages of any slot may have become resident by no guest's
/// access.
struct announce_population;

/// `void forked() noexcept`: the calling process is the child of a fork.
struct forked;

/// `void slot_forked(slot_data&) noexcept`: the same, for each slot, after `forked`.
struct slot_forked;

/// `class scope`, made noexcept of (tracker&, slot_data&): the calling thread's accesses count
/// while it lives.
struct scope;

/// `static bool supported(System&) noexcept`: whether this kernel has what the tracker needs.
/// Without it, every kernel has.
struct supported;

/// `template <class Sink> found recall(slot_data&, spans, std::uintptr_t from, Sink&&) noexcept`:
/// what can be dirty though no page fault happened. A tracker that write-protects pages needs it to
/// go into fault_gate.
struct recall;

/// `static constexpr bool skips_scans`, of the policy and not of its tracker: true when it has a
/// gate of its own, as fault_gate has.
struct skips_scans;

}  // namespace palimpsest::dirty::hook
