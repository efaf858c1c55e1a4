// SPDX-License-Identifier: Apache-2.0
// Calls the hooks that a tracker lists (dirty/hook.hpp), and does the obvious for the others. Only
// `collect` is required of every tracker.
//
// The pool compares the tracker with the signatures before it calls these functions, so a listed
// hook can be called, and a hook that is not listed does not exist. A backend that forwards to
// other backends calls their hooks through these functions, and names the backends in `wraps`
// (provides.hpp), so that the pool compares them, too. If it forgets to, calling a hook that
// differs or is not listed is an error.
#pragma once

#include <cstddef>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/pool/detail/contract/tracker_hooks.hpp>
#include <palimpsest/pool/detail/listed_hooks.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hook.hpp>
#include <palimpsest/pool/provides.hpp>

namespace palimpsest::dirty::hooks {

/// Whether a tracker lists a hook.
template <class Tracker, class Hook>
inline constexpr bool has = palimpsest::detail::has_hook<Tracker, Hook>;

/// Whether a tracker lists a hook. It is an error if the tracker has the hook but does not list it,
/// or has it with another signature.
template <class Tracker, class Hook>
constexpr bool calls() noexcept {
    return palimpsest::detail::calls_hook<Tracker, Hook>();
}

/// Prepares, once, the tracker's data for a slot at these addresses. May throw.
template <class Tracker, class Slot>
void set_up(Tracker& tracker, Slot& slot, os::address_range range) {
    if constexpr (calls<Tracker, hook::set_up>()) tracker.set_up(slot, range);
}

/// Tells the tracker that the slot was remapped, and that none of its pages is resident.
template <class Tracker, class Slot>
void mapped(Tracker& tracker, Slot& slot, os::address_range range) noexcept {
    if constexpr (calls<Tracker, hook::mapped>()) tracker.mapped(slot, range);
}

/// Tells the tracker that an instance begins, on the calling thread.
template <class Tracker, class Slot>
void acquired(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (calls<Tracker, hook::acquired>()) tracker.acquired(slot);
}

/// Tells the tracker that the calling thread is about to grow a memory of the slot.
template <class Tracker, class Slot>
void growing(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (calls<Tracker, hook::growing>()) tracker.growing(slot);
}

/// Tells the tracker that the acquiring thread, which calls this, is done with the slot.
template <class Tracker, class Slot>
void left(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (calls<Tracker, hook::left>()) tracker.left(slot);
}

/// Tells the tracker that a reset begins, on the calling thread.
template <class Tracker, class Slot>
void resetting(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (calls<Tracker, hook::resetting>()) tracker.resetting(slot);
}

/// Tells the tracker that the pages of `range` are no longer resident.
template <class Tracker, class Slot>
void decommitted(Tracker& tracker, Slot& slot, os::address_range range) noexcept {
    if constexpr (calls<Tracker, hook::decommitted>()) tracker.decommitted(slot, range);
}

/// Tells the tracker that the collected pages have been restored or decommitted.
template <class Tracker, class Slot>
void restored(Tracker& tracker, Slot& slot, spans of) noexcept {
    if constexpr (calls<Tracker, hook::restored>()) tracker.restored(slot, of);
}

/// An upper bound on the number of the slot's pages that hold private memory. `kept` is the number
/// that the last reset left resident, which is the answer for a tracker without the hook.
template <class Tracker, class Slot>
std::size_t resident(const Tracker& tracker, const Slot& slot, std::size_t kept) noexcept {
    if constexpr (calls<Tracker, hook::resident>())
        return tracker.resident(slot, kept);
    else
        return kept;
}

/// Whether the slot should be remapped because its scans have become slow. False for a tracker
/// without the hook.
template <class Tracker, class Slot>
bool overgrown(Tracker& tracker, Slot& slot, spans of) noexcept {
    if constexpr (calls<Tracker, hook::overgrown>())
        return tracker.overgrown(slot, of);
    else
        return false;
}

/// Tells the tracker that the engine wrote to the pages of `range`.
template <class Tracker, class Slot>
void written(Tracker& tracker, Slot& slot, os::address_range range) noexcept {
    if constexpr (calls<Tracker, hook::written>()) tracker.written(slot, range);
}

/// Tells the tracker that somebody else wrote to the slot. Any thread may call it.
template <class Tracker, class Slot>
void announce_write(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (calls<Tracker, hook::announce_write>()) tracker.announce_write(slot);
}

/// Tells the tracker that pages of any slot may have become resident without a guest access.
template <class Tracker>
void announce_population(Tracker& tracker) noexcept {
    if constexpr (calls<Tracker, hook::announce_population>()) tracker.announce_population();
}

/// Tells the tracker that the calling process is the child of a fork. Call it before slot_forked
/// for each slot.
template <class Tracker>
void forked(Tracker& tracker) noexcept {
    if constexpr (calls<Tracker, hook::forked>()) tracker.forked();
}

/// Tells the tracker, for one slot, that the calling process is the child of a fork.
template <class Tracker, class Slot>
void forked(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (calls<Tracker, hook::slot_forked>()) tracker.slot_forked(slot);
}

/// Whether a backend itself skips scans, as fault_gate does.
template <class Backend>
constexpr bool skips_scans() noexcept {
    if constexpr (has<palimpsest::detail::tracker_of<Backend>, hook::skips_scans>)
        return Backend::skips_scans;
    else
        return false;
}

/// Whether a backend knows which pages it left writable, which fault_gate needs.
template <class Backend>
inline constexpr bool recalls = has<palimpsest::detail::tracker_of<Backend>, hook::recall>;

/// The scope that `slot.enter()` gives where nothing needs to be counted.
struct no_scope {
    template <class Tracker, class Slot>
    constexpr no_scope(Tracker&, Slot&) noexcept {}
    // Not trivial, so that compilers do not take a scope for a variable that nobody uses.
    ~no_scope() noexcept { static_cast<void>(this); }
};

/// Its `type` is the tracker's scope, or no_scope if it has none.
template <class Tracker>
constexpr auto choose_scope() noexcept {
    if constexpr (calls<Tracker, hook::scope>())
        return palimpsest::detail::found_type<typename Tracker::scope>{};
    else
        return palimpsest::detail::found_type<no_scope>{};
}
template <class Tracker>
using scope_of = decltype(choose_scope<Tracker>());

/// Whether the tracker runs on this kernel. True for a tracker without the hook.
template <class Tracker, class System>
bool supported(System& system) noexcept {
    if constexpr (has<Tracker, hook::supported>)
        return Tracker::supported(system);
    else
        return !calls<Tracker, hook::supported>();
}

}  // namespace palimpsest::dirty::hooks
