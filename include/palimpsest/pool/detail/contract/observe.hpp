// SPDX-License-Identifier: Apache-2.0
// The contract of the role `observe`, event by event; observe/event.hpp puts it into words.
#pragma once

#include <concepts>
#include <palimpsest/pool/detail/contract/contract.hpp>
#include <palimpsest/pool/observe/event.hpp>
#include <palimpsest/pool/roles.hpp>
#include <type_traits>
#include <utility>

#include <palimpsest/pool/detail/contract/macros.hpp>

namespace palimpsest::detail {

template <class Event>
inline constexpr bool is_event = false;
#define PALIMPSEST_IS_EVENT(name)                                                                  \
    template <>                                                                                    \
    inline constexpr bool is_event<event::name> = true;
PALIMPSEST_EVENTS(PALIMPSEST_IS_EVENT)
#undef PALIMPSEST_IS_EVENT

template <class List>
inline constexpr bool is_event_list = false;
template <class... Events>
inline constexpr bool is_event_list<event::list<Events...>> = (... && is_event<Events>);

template <class Event, class List>
inline constexpr bool lists_event = false;
template <class Event, class... Events>
inline constexpr bool lists_event<Event, event::list<Events...>> =
    (... || std::is_same_v<Event, Events>);

/// Whether the pool calls the observer's `see` for an event.
template <class Observer, class Event>
inline constexpr bool is_told = true;
template <class Observer, class Event>
    requires requires { typename Observer::sees; }
inline constexpr bool is_told<Observer, Event> = lists_event<Event, typename Observer::sees>;

// These match an overload of `see`, or an instance of a template, with exactly that signature. The
// last parameter ranks them if several match.
template <class Observer, class Parameter>
void see_as(void (Observer::*)(Parameter), int);
template <class Observer, class Parameter>
void see_as(void (Observer::*)(Parameter) const, long);
template <class Observer, class Parameter>
void see_as(void (*)(Parameter), ...);

template <class Observer, class Parameter>
concept sees_as = requires { see_as<Observer, Parameter>(&Observer::see, 0); };

/// Whether a non-template overload takes an event. A template does not match, because nothing is
/// deduced from braces.
template <class Observer, class Event>
concept overloads_for =
    requires(Observer& observer, Event&& event) { observer.see({static_cast<Event&&>(event)}); };

/// A type that is not an event. A template takes it, and an overload does not.
struct some_event {};

/// Whether a non-template overload takes an event in a call that the pool never makes: on an rvalue
/// observer, or with more arguments.
template <class Observer, class Event>
concept overloads_otherwise = requires(Observer& observer, const Event& event, any_argument any) {
    observer.see({event}, any);
} || requires(Observer& observer, const Event& event, any_argument any) {
    observer.see({event}, any, any);
} || (!overloads_for<Observer, const Event&> && requires(const Event& event) {
                                  std::declval<Observer>().see({event});
                              });

/// Whether exactly one template takes a type of event. If there are several, none can be named.
template <class Observer, class Event>
concept has_one_template = !requires {
    requires std::is_object_v<decltype(Observer::see)>;  // whose address g++ does not take this way
} && requires { &Observer::template see<Event>; };

/// Whether a template takes any event.
template <class Observer>
concept takes_all = requires(Observer& observer, some_event& event) { observer.see(event); } ||
                    requires(Observer& observer, const some_event& event) { observer.see(event); };

/// Whether there is another template besides the one that takes any event.
template <class Observer, class Event, bool = has_one_template<Observer, some_event>>
inline constexpr bool has_more_templates =
    !has_one_template<Observer, Event> || !has_one_template<Observer, const Event>;
template <class Observer, class Event>
inline constexpr bool has_more_templates<Observer, Event, false> = takes_all<Observer>;

/// Whether the member that is called for an event returns nothing, throws nothing, and takes the
/// event without a conversion.
template <class Observer, class Event>
concept takes_event = requires(Observer& observer, const Event& event) {
    { observer.see(event) } noexcept -> std::same_as<void>;
} && sees_as<Observer, const Event&>;

/// Whether a template takes events only on a non-const observer.
template <class Observer>
concept prefers_template = requires(Observer& observer) { observer.see(some_event{}); } &&
                           !requires(const Observer& observer) { observer.see(some_event{}); };

/// Whether an overload is const and a template is not, so that the template is called instead.
template <class Observer, class Event>
concept is_outdone = prefers_template<Observer> && overloads_for<const Observer, const Event&> &&
                     !requires(const Event& event) { Observer::see({event}); };

/// Whether there is an overload for non-const events besides one for the const events that the pool
/// passes. A template that takes references of any kind does not count.
template <class Observer, class Event>
concept changes_events =
    !sees_as<Observer, some_event&> && (sees_as<Observer, Event&> || sees_as<Observer, Event&&> ||
                                        !requires(Observer& observer, Event& event) {
                                            {
                                                observer.see({event})
                                            } noexcept -> std::same_as<void>;
                                            {
                                                observer.see({static_cast<Event&&>(event)})
                                            } noexcept -> std::same_as<void>;
                                        });

/// Whether there is an overload for an event that is never called.
template <class Observer, class Event, bool = overloads_for<Observer, const Event&>>
inline constexpr bool never_calls =
    overloads_for<Observer, Event&> || overloads_for<Observer, Event&&>;
template <class Observer, class Event>
inline constexpr bool never_calls<Observer, Event, true> =
    is_outdone<Observer, Event> || changes_events<Observer, Event>;

template <class Observer, class Event>
concept sees_told = takes_event<Observer, Event> && !never_calls<Observer, Event> &&
                    !overloads_otherwise<Observer, Event> && !has_more_templates<Observer, Event>;

/// Whether an observer takes an event as required.
template <class Observer, class Event, bool = is_told<Observer, Event>>
inline constexpr bool sees_rightly = sees_told<Observer, Event>;
template <class Observer, class Event>
inline constexpr bool sees_rightly<Observer, Event, false> =
    !overloads_for<Observer, const Event&> && !overloads_for<Observer, Event&> &&
    !overloads_for<Observer, Event&&> && !overloads_otherwise<Observer, Event> &&
    (has_one_template<Observer, some_event> || !has_one_template<Observer, Event>);

#define PALIMPSEST_SEES(name) requires sees_rightly<Observer, event::name>;
template <class Observer>
concept sees_events = requires { PALIMPSEST_EVENTS(PALIMPSEST_SEES) };
#undef PALIMPSEST_SEES

/// The result of `see` for an event, as a type to print.
template <class Observer, class Event>
constexpr auto found_see() {
    if constexpr (requires(Observer& to, const Event& event) { to.see(event); })
        return found_type<call_that_gives<
            decltype(std::declval<Observer&>().see(std::declval<const Event&>())),
            !noexcept(std::declval<Observer&>().see(std::declval<const Event&>()))>>{};
    else
        return found_type<no_such_member>{};
}

#define PALIMPSEST_SEE_DIFFERS(name, found)                                                        \
    PALIMPSEST_DIFFERS_IN(observe, see, "void see(const event::" #name "&) noexcept", found)
#define PALIMPSEST_EXPLAIN_EVENT(name)                                                             \
    if constexpr (!sees_rightly<Observer, event::name>) {                                          \
        using found = typename decltype(found_see<Observer, event::name>())::type;                 \
        if constexpr (!is_told<Observer, event::name>)                                             \
            static_assert(                                                                         \
                is_as_expected<Observer, found>,                                                   \
                PALIMPSEST_SEE_DIFFERS(name, "one, though the list `sees` leaves the event out")); \
        else if constexpr (takes_event<Observer, event::name> &&                                   \
                           has_more_templates<Observer, event::name>)                              \
            static_assert(is_as_expected<Observer, found>,                                         \
                          PALIMPSEST_SEE_DIFFERS(name, "more than one template that takes it"));   \
        else if constexpr (takes_event<Observer, event::name>)                                     \
            static_assert(is_as_expected<Observer, found>,                                         \
                          PALIMPSEST_SEE_DIFFERS(name, "one more, which is never called"));        \
        else if constexpr (!std::is_same_v<found, no_such_member>)                                 \
            static_assert(is_as_expected<Observer, found>,                                         \
                          PALIMPSEST_SEE_DIFFERS(name, "one that differs"));                       \
        else                                                                                       \
            static_assert(is_as_expected<Observer, found>, PALIMPSEST_SEE_DIFFERS(name, "none"));  \
    } else

/// Fails to compile at the first event that is not taken as required.
template <class Observer>
constexpr void explain_events() {
    PALIMPSEST_EVENTS(PALIMPSEST_EXPLAIN_EVENT) {}
}

#undef PALIMPSEST_EXPLAIN_EVENT
#undef PALIMPSEST_SEE_DIFFERS
#undef PALIMPSEST_EVENTS

namespace of_observe {

PALIMPSEST_DEFAULT(observe, itself, constructor, Policy);

struct sees : of_the_policy {
    PALIMPSEST_EXPECTS(observe, sees, "`using sees = palimpsest::event::list<...>;` of events")
    template <class Owner>
    static found_type<typename Owner::sees> find(Owner*);
    template <class Policy>
    static constexpr bool is_kept_by() {
        if constexpr (requires { typename Policy::sees; })
            return is_event_list<typename Policy::sees>;
        else if constexpr (can_be_base<Policy>)
            return !is_named_in<sees, Policy>;
        else
            return true;
    }
    template <class Policy>
    static constexpr bool kept_by = is_kept_by<Policy>();
};
struct see {
    template <class Policy>
    static constexpr bool kept_by = sees_events<Policy>;
    template <class Policy>
    static constexpr void explain() {
        explain_events<Policy>();
    }
};

}  // namespace of_observe

template <>
struct contracts_of<roles::observe> : no_hooks {
    using required = contracts<of_observe::itself, of_observe::sees, of_observe::see>;
};

}  // namespace palimpsest::detail

#include <palimpsest/pool/detail/contract/undefine_macros.hpp>
