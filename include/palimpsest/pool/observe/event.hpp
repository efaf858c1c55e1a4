// SPDX-License-Identifier: Apache-2.0
// The events that a pool reports to its observer, and the rules for that. Each event is a struct,
// so that an observer can overload `see` for the events it cares about and take the rest with a
// template, or name the events that it sees.
//
// An observer is told of all events, unless it names those that it sees: `using sees =
// event::list<event::released>;`. It takes each such event with `void see(const event::released&)
// noexcept`, or with a template that takes any event in this way.
//
// A member that would never be called is refused: an overload for an event that the observer does
// not name, or an overload that takes an event differently from a template for all events next to
// it, namely by non-const reference, with one more parameter, or as a const member next to a
// non-const template. For the same reason there may be only one template that takes any event, and
// no constrained template next to it. In C++ an observer's own `see` hides that of a base class:
// bring it in with `using base::see;`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace palimpsest::event {

/// A slot was handed out. `warm` says whether it already held the image.
struct acquired {
    std::size_t slot;
    bool warm;
};

/// A slot was requested but none was free.
struct exhausted {};

/// A slot was reset and is free again.
struct released {
    std::size_t slot;
};

/// The image was written over dirty pages in place; `pages` says how many.
struct restored {
    std::size_t slot;
    std::size_t pages;
};

/// Pages were given back to the kernel, in a range of `bytes` of address space.
struct decommitted {
    std::size_t slot;
    std::size_t bytes;
};

/// A slot was remapped.
struct remapped {
    std::size_t slot;
};

/// The page map was asked once for dirty pages, by one system call.
struct scanned {};

/// A reset skipped its scan, since no page fault was counted.
struct gate_hit {};

/// A checked gate found a page that it would have missed: somebody wrote to the slot without
/// announcing it. The page has been restored anyway.
struct gate_missed_page {
    std::uintptr_t address;
};

/// The steps of a reset, in the order in which they are tried.
enum class reset_step : unsigned char { restore, decommit, remap };

/// A step of a reset failed, and the next one was tried: restore, then decommit, then remap.
struct degraded {
    std::size_t slot;
    reset_step failed;
};

/// A slot could not be proved clean, and will not be handed out.
struct quarantined {
    std::size_t slot;
};

/// A slot in quarantine was emptied, and can be handed out again.
struct recovered {
    std::size_t slot;
};

/// A slot in use was put back to its image, in place.
struct was_reset {
    std::size_t slot;
};

/// A system call is about to be made.
struct system_call {
    std::string_view name;
};

/// Lists the events that an observer sees, if it does not see all: `using sees =
/// event::list<event::released>;`.
template <class... Events>
struct list {};

}  // namespace palimpsest::event

// All events. Observers are told only of events that have a line here.
// clang-format off
#define PALIMPSEST_EVENTS(of)                                                                      \
    of(acquired)                                                                                   \
    of(exhausted)                                                                                  \
    of(released)                                                                                   \
    of(restored)                                                                                   \
    of(decommitted)                                                                                \
    of(remapped)                                                                                   \
    of(scanned)                                                                                    \
    of(gate_hit)                                                                                   \
    of(gate_missed_page)                                                                           \
    of(degraded)                                                                                   \
    of(quarantined)                                                                                \
    of(recovered)                                                                                  \
    of(was_reset)                                                                                  \
    of(system_call)
// clang-format on
