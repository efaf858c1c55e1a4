// SPDX-License-Identifier: Apache-2.0
// The contract of the role `dirty`. The hooks that a tracker may have are in tracker_hooks.hpp.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <palimpsest/pool/detail/contract/contract.hpp>
#include <palimpsest/pool/detail/contract/tracker_hooks.hpp>
#include <palimpsest/pool/dirty/found.hpp>
#include <palimpsest/pool/layout.hpp>
#include <palimpsest/pool/roles.hpp>
#include <type_traits>

#include <palimpsest/pool/detail/contract/macros.hpp>

namespace palimpsest::detail {

namespace of_dirty {

PALIMPSEST_CONSTANT(dirty, bool, finds_every_resident_page, Policy);

PALIMPSEST_CONDITION(dirty, tracker, tracker, Policy, std::is_class_v<tracker_of<Policy>>,
                     "template <class System> class tracker");
PALIMPSEST_CONDITION(dirty, slot_data, slot_data, tracker_of<Policy>,
                     std::default_initializable<typename tracker_of<Policy>::slot_data>,
                     "class slot_data with a default constructor, in the tracker");
PALIMPSEST_CONDITION(
    dirty, constructor, tracker, tracker_of<Policy>,
    (std::constructible_from<tracker_of<Policy>, some_system&, const slot_layout&>),
    "tracker(System&, const slot_layout&)");

struct collect {
    PALIMPSEST_OF(tracker_of<Policy>)
    PALIMPSEST_EXPECTS_TEMPLATE(
        dirty, collect, some_sink,
        "template <class Sink> found collect(slot_data&, spans, std::uintptr_t "
        "from, std::size_t most_pages, Sink&&) noexcept")
    template <class Policy>
    static constexpr bool is_exact = requires(tracker_of<Policy>& tracker) {
        requires has_signature<dirty::found(slot_data_of<Policy>&, dirty::spans, std::uintptr_t,
                                            std::size_t, some_sink&&) noexcept,
                               typename decltype(find(&tracker))::type>;
    };
    /// A template of all arguments, which passes them on and so converts none.
    template <class Policy>
    static constexpr bool passes_on = requires {
        requires has_signature<dirty::found(slot_data_of<Policy>&, dirty::spans&&, std::uintptr_t&&,
                                            std::size_t&&, some_sink&) noexcept,
                               decltype(&tracker_of<Policy>::template collect<
                                        slot_data_of<Policy>&, dirty::spans, std::uintptr_t,
                                        std::size_t, some_sink&>)>;
    };
    template <class Policy>
    static constexpr bool is_called =
        requires(tracker_of<Policy>& tracker, slot_data_of<Policy>& slot, some_sink& sink) {
            tracker.collect(slot, dirty::spans{}, std::uintptr_t{}, std::size_t{}, sink);
            tracker.collect(slot, dirty::spans{}, std::uintptr_t{}, std::size_t{}, some_sink{});
        };
    template <class Policy>
    static constexpr bool is_kept_by() {
        // Checked first, since naming such a template with one argument is an error in its body.
        if constexpr (passes_on<Policy>)
            return is_called<Policy>;
        else
            return is_exact<Policy> && is_called<Policy>;
    }
    template <class Policy>
    static constexpr bool kept_by = is_kept_by<Policy>();
};

PALIMPSEST_HOOK_LIST(dirty, tracker_of<Policy>, tracker_hooks, " in the tracker");

/// The condition that the policy itself has no list, since nobody would read it there.
struct list_elsewhere : of_the_policy {
    template <class Policy>
    static constexpr bool kept_by = !is_named_in<provided_hooks, Policy>;
    template <class Policy>
    static constexpr void explain() {
        static_assert(is_as_expected<Policy, no_such_member>,
                      PALIMPSEST_DIFFERS_IN(dirty, provided_hooks, "one in the tracker",
                                            "one in the policy, where it is not read"));
    }
};

}  // namespace of_dirty

template <>
struct contracts_of<roles::dirty> {
    using required = contracts<of_dirty::finds_every_resident_page, of_dirty::tracker,
                               of_dirty::slot_data, of_dirty::constructor, of_dirty::collect>;
    using list = contracts<of_dirty::provided_hooks, of_dirty::list_elsewhere>;
    using hooks = tracker_hooks;
};

}  // namespace palimpsest::detail

#include <palimpsest/pool/detail/contract/undefine_macros.hpp>
