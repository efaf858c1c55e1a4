// SPDX-License-Identifier: Apache-2.0
// The contracts of the hooks that the tracker of a dirty policy may have. dirty/hook.hpp says the
// same for authors of policies.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/pool/detail/contract/contract.hpp>
#include <palimpsest/pool/detail/listed_hooks.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hook.hpp>

#include <palimpsest/pool/detail/contract/macros.hpp>

namespace palimpsest::detail {

/// Stands for the pool's own system when a tracker is checked.
struct some_system {
    template <class Call, class... Arguments>
    auto operator()(Call call, Arguments&&... arguments) noexcept {
        return call(static_cast<Arguments&&>(arguments)...);
    }
    template <class Event>
    void tell(const Event&) noexcept {}
};

template <class Policy>
using tracker_of = typename Policy::template tracker<some_system>;

/// A sink that stands for the pool's restorer of pages.
struct some_sink {
    std::size_t operator()(os::address_range) const noexcept;
};

/// The names of the hooks of a tracker. They are all in one class, so that one comparison shows
/// which of them a tracker has.
struct tracker_hook_names {
    int set_up;
    int mapped;
    int acquired;
    int growing;
    int left;
    int resetting;
    int decommitted;
    int restored;
    int resident;
    int overgrown;
    int written;
    int announce_write;
    int announce_population;
    int forked;
    int slot_forked;
    int scope;
    int supported;
    int recall;
};

/// The subject of a hook that is declared and listed in the tracker.
struct of_the_tracker {
    using names = tracker_hook_names;
    template <class Policy>
    using owner = tracker_of<Policy>;
    template <class Policy>
    using lister = tracker_of<Policy>;
    template <class Policy>
    using elsewhere = Policy;
};

template <class Policy>
using slot_data_of = typename tracker_of<Policy>::slot_data;

template <class Contract, class Policy>
inline constexpr bool has_function = requires(tracker_of<Policy>* tracker) {
    requires has_signature<typename Contract::template expected<slot_data_of<Policy>>,
                           typename decltype(Contract::find(tracker))::type>;
};

// A hook that is a function of the tracker. `slot_data` is the tracker's.
#define PALIMPSEST_TRACKER_HOOK(name, result, parameters, qualifiers)                              \
    template <>                                                                                    \
    struct hook_contract<dirty::hook::name> : of_the_tracker {                                     \
        PALIMPSEST_FINDS(dirty, name, #result " " #name #parameters " " #qualifiers)               \
        PALIMPSEST_MAY_BE_LISTED(dirty, name, #result " " #name #parameters " " #qualifiers)       \
        template <class slot_data>                                                                 \
        using expected = result parameters qualifiers;                                             \
        template <class Policy>                                                                    \
        static constexpr bool right_in = has_function<hook_contract, Policy>;                      \
    }

PALIMPSEST_TRACKER_HOOK(set_up, void, (slot_data&, os::address_range), );
PALIMPSEST_TRACKER_HOOK(mapped, void, (slot_data&, os::address_range), noexcept);
PALIMPSEST_TRACKER_HOOK(acquired, void, (slot_data&), noexcept);
PALIMPSEST_TRACKER_HOOK(growing, void, (slot_data&), noexcept);
PALIMPSEST_TRACKER_HOOK(left, void, (slot_data&), noexcept);
PALIMPSEST_TRACKER_HOOK(resetting, void, (slot_data&), noexcept);
PALIMPSEST_TRACKER_HOOK(decommitted, void, (slot_data&, os::address_range), noexcept);
PALIMPSEST_TRACKER_HOOK(restored, void, (slot_data&, dirty::spans), noexcept);
PALIMPSEST_TRACKER_HOOK(resident, std::size_t, (const slot_data&, std::size_t), const noexcept);
PALIMPSEST_TRACKER_HOOK(overgrown, bool, (slot_data&, dirty::spans), noexcept);
PALIMPSEST_TRACKER_HOOK(written, void, (slot_data&, os::address_range), noexcept);
PALIMPSEST_TRACKER_HOOK(announce_write, void, (slot_data&), noexcept);
PALIMPSEST_TRACKER_HOOK(announce_population, void, (), noexcept);
PALIMPSEST_TRACKER_HOOK(forked, void, (), noexcept);
PALIMPSEST_TRACKER_HOOK(slot_forked, void, (slot_data&), noexcept);

#undef PALIMPSEST_TRACKER_HOOK

template <>
struct hook_contract<dirty::hook::scope> : of_the_tracker {
    PALIMPSEST_FINDS(dirty, scope, "class scope, made noexcept of (tracker&, slot_data&)")
    PALIMPSEST_MAY_BE_LISTED(dirty, scope, "class scope, made noexcept of (tracker&, slot_data&)")
    template <class Policy>
    static constexpr bool right_in =
        requires(tracker_of<Policy>& tracker, slot_data_of<Policy>& slot) {
            { typename tracker_of<Policy>::scope(tracker, slot) } noexcept;
        };
};

template <>
struct hook_contract<dirty::hook::supported> : of_the_tracker {
    PALIMPSEST_FINDS(dirty, supported, "static bool supported(System&) noexcept")
    PALIMPSEST_MAY_BE_LISTED(dirty, supported, "static bool supported(System&) noexcept")
    template <class Policy>
    static constexpr bool right_in = requires {
        requires std::same_as<decltype(&tracker_of<Policy>::supported),
                              bool (*)(some_system&) noexcept>;
    };
};

template <>
struct hook_contract<dirty::hook::recall> : of_the_tracker {
    PALIMPSEST_FINDS_TEMPLATE(
        dirty, recall, some_sink,
        "template <class Sink> found recall(slot_data&, spans, std::uintptr_t from, Sink&&) "
        "noexcept")
    PALIMPSEST_MAY_BE_LISTED(
        dirty, recall,
        "template <class Sink> found recall(slot_data&, spans, std::uintptr_t from, Sink&&) "
        "noexcept")
    template <class Policy>
    static constexpr bool right_in =
        requires(tracker_of<Policy>& tracker, slot_data_of<Policy>& slot) {
            requires has_signature<dirty::found(slot_data_of<Policy>&, dirty::spans, std::uintptr_t,
                                                some_sink&&) noexcept,
                                   typename decltype(find(&tracker))::type>;
            tracker.recall(slot, dirty::spans{}, std::uintptr_t{}, some_sink{});
        };
};

template <>
struct hook_contract<dirty::hook::skips_scans> : of_the_policy {
    template <class Policy>
    using lister = tracker_of<Policy>;
    template <class Policy>
    using elsewhere = tracker_of<Policy>;
    PALIMPSEST_EXPECTS(dirty, skips_scans, "static constexpr bool skips_scans in the policy")
    PALIMPSEST_MAY_BE_LISTED(dirty, skips_scans, "static constexpr bool skips_scans in the policy")
    template <class Policy>
    static constexpr bool right_in = requires {
        requires std::same_as<decltype(Policy::skips_scans), const bool>;
        typename constant<Policy::skips_scans>;
    };
};

/// A policy made of a tracker, to compare that tracker.
template <class Tracker>
struct only_tracker {
    template <class>
    using tracker = Tracker;
};

/// Whether a tracker has a hook. Fails to compile, with one line, if the tracker has the hook but
/// does not list it, or has it with another signature. That can happen if a policy forwards to the
/// tracker's policy but does not name it in `wraps`, so that it was never checked.
template <class Tracker, class Hook>
constexpr bool calls_hook() {
    using policy = only_tracker<Tracker>;
    if constexpr (!keeps_to_listed<policy, Hook>) explanation<policy, hook_contract<Hook>>::stop();
    return has_hook<Tracker, Hook>;
}

/// All that a tracker may list.
using tracker_hooks =
    contracts<hook_contract<dirty::hook::set_up>, hook_contract<dirty::hook::mapped>,
              hook_contract<dirty::hook::acquired>, hook_contract<dirty::hook::growing>,
              hook_contract<dirty::hook::left>, hook_contract<dirty::hook::resetting>,
              hook_contract<dirty::hook::decommitted>, hook_contract<dirty::hook::restored>,
              hook_contract<dirty::hook::resident>, hook_contract<dirty::hook::overgrown>,
              hook_contract<dirty::hook::written>, hook_contract<dirty::hook::announce_write>,
              hook_contract<dirty::hook::announce_population>, hook_contract<dirty::hook::forked>,
              hook_contract<dirty::hook::slot_forked>, hook_contract<dirty::hook::scope>,
              hook_contract<dirty::hook::supported>, hook_contract<dirty::hook::recall>,
              hook_contract<dirty::hook::skips_scans>>;

}  // namespace palimpsest::detail

#include <palimpsest/pool/detail/contract/undefine_macros.hpp>
