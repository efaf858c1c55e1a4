// SPDX-License-Identifier: Apache-2.0
// The system that a pool and its policies use: it tells the observer of each call.
#pragma once

#include <palimpsest/os/call.hpp>
#include <palimpsest/pool/detail/contract/observe.hpp>
#include <utility>

namespace palimpsest::detail {

/// Runs system calls through the system policy, and tells the observer of each before it runs.
/// Policies also use it to report events of their own. Events that the observer does not see cost
/// nothing.
template <class System, class Observer>
class observed_system {
  public:
    /// Runs a system call: `system(os::decommit{}, range)`.
    template <os::Call Which, class... Arguments>
    auto operator()(Which call, Arguments&&... arguments) noexcept {
        tell(event::system_call{Which::name});
        return system_(call, std::forward<Arguments>(arguments)...);
    }

    /// Tells the observer of an event, if it sees such events, on the calling thread.
    template <class Event>
    void tell([[maybe_unused]] const Event& event) noexcept {
        static_assert(is_event<Event>);
        if constexpr (is_told<Observer, Event>) observer_.see(event);
    }

    Observer& observer() noexcept { return observer_; }
    const Observer& observer() const noexcept { return observer_; }

  private:
    [[no_unique_address]] System system_{};
    [[no_unique_address]] Observer observer_{};
};

}  // namespace palimpsest::detail
