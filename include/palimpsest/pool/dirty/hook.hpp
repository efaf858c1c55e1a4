// SPDX-License-Identifier: Apache-2.0
// The hooks that a tracker may have. The tracker lists those that it has:
//
//     template <class System>
//     class tracker {
//       public:
//         using provided_hooks = provides<hook::mapped, hook::resident>;
//         struct slot_data { ... };
//         void mapped(slot_data& slot, os::address_range range) noexcept;
//         std::size_t resident(const slot_data& slot, std::size_t kept) const noexcept;
//
// Each hook is one function of the signature given below, neither overloaded nor a template. It may
// be const or static if it can. hooks.hpp calls the hooks, and says what happens for an absent
// hook.
#pragma once

namespace palimpsest::dirty::hook {

/// `void set_up(slot_data&, os::address_range)`: called once for each slot, when the pool is built;
/// may throw.
struct set_up;

/// `void mapped(slot_data&, os::address_range) noexcept`: the slot was remapped, and none of its
/// pages is resident.
struct mapped;

/// `void acquired(slot_data&) noexcept`: an instance begins, on the calling thread.
struct acquired;

/// `void growing(slot_data&) noexcept`: a memory of the slot is about to grow, on the calling
/// thread.
struct growing;

/// `void left(slot_data&) noexcept`: the acquiring thread is done with the slot, except in scopes.
struct left;

/// `void resetting(slot_data&) noexcept`: a reset begins, on the calling thread.
struct resetting;

/// `void decommitted(slot_data&, os::address_range) noexcept`: these pages are no longer resident.
struct decommitted;

/// `void restored(slot_data&, spans) noexcept`: the collected pages have been restored or
/// decommitted.
struct restored;

/// `std::size_t resident(const slot_data&, std::size_t kept) const noexcept`: an upper bound on the
/// number of pages that hold private memory. `kept` is how many pages the last reset left resident.
/// Without the hook, the answer is `kept`, which is right for a tracker that finds every resident
/// page.
struct resident;

/// `bool overgrown(slot_data&, spans) noexcept`: true if the slot should be remapped, dirty or not,
/// because its scans have become slow.
struct overgrown;

/// `void written(slot_data&, os::address_range) noexcept`: the engine reports a write.
struct written;

/// `void announce_write(slot_data&) noexcept`: somebody else wrote to the slot.
struct announce_write;

/// `void announce_population() noexcept`: pages of any slot may have become resident without a
/// guest access.
struct announce_population;

/// `void forked() noexcept`: the calling process is the child of a fork.
struct forked;

/// `void slot_forked(slot_data&) noexcept`: called for each slot after `forked`.
struct slot_forked;

/// `class scope`, constructible noexcept from (tracker&, slot_data&): while it lives, accesses by
/// the calling thread count.
struct scope;

/// `static bool supported(System&) noexcept`: whether the tracker runs on this kernel. Without the
/// hook, it runs on every kernel.
struct supported;

/// `template <class Sink> found recall(slot_data&, spans, std::uintptr_t from, Sink&&) noexcept`:
/// passes the sink the pages that can be dirty without a page fault. A tracker that write-protects
/// pages needs it for use in fault_gate.
struct recall;

/// `static constexpr bool skips_scans`, a member of the policy, not of its tracker: true if the
/// policy itself skips scans, as fault_gate does.
struct skips_scans;

}  // namespace palimpsest::dirty::hook
