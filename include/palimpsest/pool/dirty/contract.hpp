// What is expected of the hooks of a tracker, to compare a policy with. For whoever writes one,
// dirty/hook.hpp says the same.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <palimpsest/os/address_range.hpp>
#include <palimpsest/pool/contract.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/dirty/hook.hpp>
#include <palimpsest/pool/dirty/hooks.hpp>

namespace palimpsest::detail {

/// A sink that takes all it is given, as the restorer of pages does.
struct some_sink {
    std::size_t operator()(os::address_range) const noexcept;
};

// A hook that is a function of the tracker. `slot_data` is the tracker's.
#define PALIMPSEST_TRACKER_HOOK(name, result, parameters, qualifiers)                              \
    template <>                                                                                    \
    struct hook_contract<dirty::hook::name> {                                                      \
        PALIMPSEST_EXPECTS(dirty, name, #result " " #name #parameters " " #qualifiers)             \
        template <class slot_data>                                                                 \
        using expected = result parameters qualifiers;                                             \
        template <class Policy>                                                                    \
        static constexpr bool right_in = requires {                                                \
            requires has_signature<expected<typename tracker_of<Policy>::slot_data>,               \
                                   decltype(&tracker_of<Policy>::name)>;                           \
        };                                                                                         \
        PALIMPSEST_MAY_HAVE(dirty::hook::name, tracker_of<Policy>, tracker_of<Policy>, void)       \
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
struct hook_contract<dirty::hook::scope> {
    PALIMPSEST_EXPECTS(dirty, scope, "class scope, made noexcept of (tracker&, slot_data&)")
    template <class Policy>
    static constexpr bool right_in =
        requires(tracker_of<Policy>& tracker, typename tracker_of<Policy>::slot_data& slot) {
            { typename tracker_of<Policy>::scope(tracker, slot) } noexcept;
        };
    PALIMPSEST_MAY_HAVE(dirty::hook::scope, tracker_of<Policy>, tracker_of<Policy>, void)
};

template <>
struct hook_contract<dirty::hook::supported> {
    PALIMPSEST_EXPECTS(dirty, supported, "static bool supported(System&) noexcept")
    template <class Policy>
    static constexpr bool right_in = requires {
        requires std::same_as<decltype(&tracker_of<Policy>::supported),
                              bool (*)(some_system&) noexcept>;
    };
    PALIMPSEST_MAY_HAVE(dirty::hook::supported, tracker_of<Policy>, tracker_of<Policy>, void)
};

template <>
struct hook_contract<dirty::hook::recall> {
    PALIMPSEST_EXPECTS(dirty, recall,
                       "template <class Sink> found recall(slot_data&, spans, std::uintptr_t from, "
                       "Sink&&) noexcept")
    template <class Policy>
    static constexpr bool right_in =
        requires(tracker_of<Policy>& tracker, typename tracker_of<Policy>::slot_data& slot,
                 dirty::spans of, some_sink sink) {
            {
                tracker.recall(slot, of, std::uintptr_t{}, static_cast<some_sink&&>(sink))
            } noexcept -> std::same_as<dirty::found>;
        };
    PALIMPSEST_MAY_HAVE(dirty::hook::recall, tracker_of<Policy>, tracker_of<Policy>, some_sink)
};

template <>
struct hook_contract<dirty::hook::skips_scans> {
    PALIMPSEST_EXPECTS(dirty, skips_scans, "static constexpr bool skips_scans in the policy")
    template <class Policy>
    static constexpr bool right_in = requires {
        requires std::same_as<decltype(Policy::skips_scans), const bool>;
        typename constant<Policy::skips_scans>;
    };
    PALIMPSEST_MAY_HAVE(dirty::hook::skips_scans, tracker_of<Policy>, Policy, void)
};

/// All that a tracker may list.
using tracker_hooks =
    contracts<hook_contract<dirty::hook::set_up>,
              hook_contract<dirty::hook::mapped>,
              hook_contract<dirty::hook::acquired>,
              hook_contract<dirty::hook::growing>,
              hook_contract<dirty::hook::left>,
              hook_contract<dirty::hook::resetting>,
              hook_contract<dirty::hook::decommitted>,
              hook_contract<dirty::hook::restored>,
              hook_contract<dirty::hook::resident>,
              hook_contract<dirty::hook::overgrown>,
              hook_contract<dirty::hook::written>,
              hook_contract<dirty::hook::announce_write>,
              hook_contract<dirty::hook::announce_population>,
              hook_contract<dirty::hook::forked>,
              hook_contract<dirty::hook::slot_forked>,
              hook_contract<dirty::hook::scope>,
              hook_contract<dirty::hook::supported>,
              hook_contract<dirty::hook::recall>,
              hook_contract<dirty::hook::skips_scans>>;

}  // namespace palimpsest::detail
