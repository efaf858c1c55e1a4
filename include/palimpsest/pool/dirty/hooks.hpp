// Calls the hooks of a tracker that it has, and does the obvious for those it has not. Only
// `collect` is asked of every tracker.
//
//   set_up(slot, range)         once a slot, when the pool is built; may throw
//   mapped(slot, range)         the slot was mapped anew: none of its pages is resident
//   acquired(slot)              an instance begins, on the calling thread
//   growing(slot)               a memory is about to grow, on the calling thread
//   resetting(slot)             a reset begins, on the calling thread
//   decommitted(slot, range)    these pages are not resident any more
//   restored(slot, spans)       what was collected has been restored or decommitted
//   resident(slot[, kept])      pages that hold private memory; an upper bound
//   overgrown(slot, spans)      true when the slot is better decommitted, dirty or not
//   written(slot, range)        the engine reports a write
//   announce_write(slot)        somebody else wrote
//   announce_population()       pages of any slot may have become resident by no guest's access
//   scope(tracker, slot)        a class: the calling thread's accesses count while it lives
//   left(slot)                  the acquiring thread is done with the slot, outside of scopes
//   forked(), forked(slot)      in the child of a fork
//   recall(slot, spans, from, sink)
//                               what can be dirty though no page fault happened; the policy then
//                               has a member recalls_writable_pages, and goes into fault_gate
#pragma once

#include <cstddef>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/pool/dirty/found.hpp>

namespace palimpsest::dirty::hooks {

template <class Tracker, class Slot>
void set_up(Tracker& tracker, Slot& slot, os::address_range range) {
    if constexpr (requires { tracker.set_up(slot, range); }) tracker.set_up(slot, range);
}

template <class Tracker, class Slot>
void mapped(Tracker& tracker, Slot& slot, os::address_range range) noexcept {
    if constexpr (requires { tracker.mapped(slot, range); }) tracker.mapped(slot, range);
}

template <class Tracker, class Slot>
void acquired(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (requires { tracker.acquired(slot); }) tracker.acquired(slot);
}

template <class Tracker, class Slot>
void growing(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (requires { tracker.growing(slot); }) tracker.growing(slot);
}

template <class Tracker, class Slot>
void resetting(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (requires { tracker.resetting(slot); }) tracker.resetting(slot);
}

template <class Tracker, class Slot>
void decommitted(Tracker& tracker, Slot& slot, os::address_range range) noexcept {
    if constexpr (requires { tracker.decommitted(slot, range); }) tracker.decommitted(slot, range);
}

template <class Tracker, class Slot>
void restored(Tracker& tracker, Slot& slot, spans of) noexcept {
    if constexpr (requires { tracker.restored(slot, of); }) tracker.restored(slot, of);
}

/// `kept` is what the last reset left resident: the answer for a tracker that finds every resident
/// page, and so needs no count of its own.
template <class Tracker, class Slot>
std::size_t resident(const Tracker& tracker, const Slot& slot, std::size_t kept) noexcept {
    if constexpr (requires { tracker.resident(slot, kept); })
        return tracker.resident(slot, kept);
    else if constexpr (requires { tracker.resident(slot); })
        return tracker.resident(slot);
    else
        return kept;
}

template <class Tracker, class Slot>
bool overgrown(Tracker& tracker, Slot& slot, spans of) noexcept {
    if constexpr (requires { tracker.overgrown(slot, of); })
        return tracker.overgrown(slot, of);
    else
        return false;
}

template <class Tracker, class Slot>
void written(Tracker& tracker, Slot& slot, os::address_range range) noexcept {
    if constexpr (requires { tracker.written(slot, range); }) tracker.written(slot, range);
}

template <class Tracker, class Slot>
void announce_write(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (requires { tracker.announce_write(slot); }) tracker.announce_write(slot);
}

template <class Tracker>
void announce_population(Tracker& tracker) noexcept {
    if constexpr (requires { tracker.announce_population(); }) tracker.announce_population();
}

template <class Tracker, class Slot>
void left(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (requires { tracker.left(slot); }) tracker.left(slot);
}

template <class Tracker>
void forked(Tracker& tracker) noexcept {
    if constexpr (requires { tracker.forked(); }) tracker.forked();
}

template <class Tracker, class Slot>
void forked(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (requires { tracker.forked(slot); }) tracker.forked(slot);
}

/// Whether a backend has a gate of its own (fault_gate).
template <class Backend>
inline constexpr bool skips_scans = requires { requires Backend::skips_scans; };

/// What `slot.enter()` gives where nothing needs to be counted.
struct no_scope {
    template <class Tracker, class Slot>
    constexpr no_scope(Tracker&, Slot&) noexcept {}
    ~no_scope() {}  // not trivial, so that an unused scope is no unused variable
};

template <class Tracker>
struct scope_of {
    using type = no_scope;
};
template <class Tracker>
    requires requires { typename Tracker::scope; }
struct scope_of<Tracker> {
    using type = typename Tracker::scope;
};

template <class Tracker, class System>
bool supported(System& system) noexcept {
    if constexpr (requires { Tracker::supported(system); })
        return Tracker::supported(system);
    else
        return true;
}

}  // namespace palimpsest::dirty::hooks
