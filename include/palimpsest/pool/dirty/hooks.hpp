// SPDX-License-Identifier: Apache-2.0
// Calls the hooks that a tracker lists (dirty/hook.hpp), and does the obvious for those that it
// does not. Only `collect` is asked of every tracker.
//
// The pool has compared the tracker with the signatures before it comes here, so that a hook which
// is listed can be called, and one which is not listed does not exist. A backend that forwards to
// others calls theirs by these functions, and names them in `wraps` (provides.hpp), so that they
// are compared too. One that forgets it is told when a hook is called that differs or is not listed.
#pragma once

#include <cstddef>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/pool/dirty/contract.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hook.hpp>
#include <palimpsest/pool/provides.hpp>

namespace palimpsest {

namespace dirty::hooks {

template <class Tracker, class Hook>
inline constexpr bool has = detail::has_hook<Tracker, Hook>;

/// The same, and an error where the tracker is not as it should be.
template <class Tracker, class Hook>
constexpr bool calls() noexcept {
    return detail::calls_hook<Tracker, Hook>();
}

template <class Tracker, class Slot>
void set_up(Tracker& tracker, Slot& slot, os::address_range range) {
    if constexpr (calls<Tracker, hook::set_up>()) tracker.set_up(slot, range);
}

template <class Tracker, class Slot>
void mapped(Tracker& tracker, Slot& slot, os::address_range range) noexcept {
    if constexpr (calls<Tracker, hook::mapped>()) tracker.mapped(slot, range);
}

template <class Tracker, class Slot>
void acquired(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (calls<Tracker, hook::acquired>()) tracker.acquired(slot);
}

template <class Tracker, class Slot>
void growing(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (calls<Tracker, hook::growing>()) tracker.growing(slot);
}

template <class Tracker, class Slot>
void left(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (calls<Tracker, hook::left>()) tracker.left(slot);
}

template <class Tracker, class Slot>
void resetting(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (calls<Tracker, hook::resetting>()) tracker.resetting(slot);
}

template <class Tracker, class Slot>
void decommitted(Tracker& tracker, Slot& slot, os::address_range range) noexcept {
    if constexpr (calls<Tracker, hook::decommitted>()) tracker.decommitted(slot, range);
}

template <class Tracker, class Slot>
void restored(Tracker& tracker, Slot& slot, spans of) noexcept {
    if constexpr (calls<Tracker, hook::restored>()) tracker.restored(slot, of);
}

/// `kept` is what the last reset left resident.
template <class Tracker, class Slot>
std::size_t resident(const Tracker& tracker, const Slot& slot, std::size_t kept) noexcept {
    if constexpr (calls<Tracker, hook::resident>())
        return tracker.resident(slot, kept);
    else
        return kept;
}

template <class Tracker, class Slot>
bool overgrown(Tracker& tracker, Slot& slot, spans of) noexcept {
    if constexpr (calls<Tracker, hook::overgrown>())
        return tracker.overgrown(slot, of);
    else
        return false;
}

template <class Tracker, class Slot>
void written(Tracker& tracker, Slot& slot, os::address_range range) noexcept {
    if constexpr (calls<Tracker, hook::written>()) tracker.written(slot, range);
}

template <class Tracker, class Slot>
void announce_write(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (calls<Tracker, hook::announce_write>()) tracker.announce_write(slot);
}

template <class Tracker>
void announce_population(Tracker& tracker) noexcept {
    if constexpr (calls<Tracker, hook::announce_population>()) tracker.announce_population();
}

template <class Tracker>
void forked(Tracker& tracker) noexcept {
    if constexpr (calls<Tracker, hook::forked>()) tracker.forked();
}

template <class Tracker, class Slot>
void forked(Tracker& tracker, Slot& slot) noexcept {
    if constexpr (calls<Tracker, hook::slot_forked>()) tracker.slot_forked(slot);
}

/// Whether a backend has a gate of its own (fault_gate).
template <class Backend>
constexpr bool skips_scans() noexcept {
    if constexpr (has<detail::tracker_of<Backend>, hook::skips_scans>)
        return Backend::skips_scans;
    else
        return false;
}

/// Whether a backend knows what it left writable, for fault_gate.
template <class Backend>
inline constexpr bool recalls = has<detail::tracker_of<Backend>, hook::recall>;

/// What `slot.enter()` gives where nothing needs to be counted.
struct no_scope {
    template <class Tracker, class Slot>
    constexpr no_scope(Tracker&, Slot&) noexcept {}
    ~no_scope() {}  // not trivial, so that an unused scope is no unused variable
};

template <class Tracker>
constexpr auto choose_scope() noexcept {
    if constexpr (calls<Tracker, hook::scope>())
        return detail::found_type<typename Tracker::scope>{};
    else
        return detail::found_type<no_scope>{};
}
template <class Tracker>
using scope_of = decltype(choose_scope<Tracker>());

template <class Tracker, class System>
bool supported(System& system) noexcept {
    if constexpr (has<Tracker, hook::supported>)
        return Tracker::supported(system);
    else
        return !calls<Tracker, hook::supported>();
}

}  // namespace dirty::hooks
}  // namespace palimpsest
