// SPDX-License-Identifier: Apache-2.0
// The macros that contracts are written in. A header of contracts includes this one before its
// contracts and undefine_macros.hpp after them, so that no macro is left over; hence there is no
// `#pragma once`.
//
// static_assert takes only a literal, so macros build the texts that name a role or a member.

#define PALIMPSEST_DIFFERS(role, text)                                                             \
    "palimpsest: this policy for the role '" #role "' does not model the concept " #role           \
    "_policy: " text
#define PALIMPSEST_DIFFERS_IN(role, name, expected, found)                                         \
    PALIMPSEST_DIFFERS(role, "hook '" #name "': expected " expected "; found " found)

// A contract says what is expected of one hook. Its error is one line: `expected` describes the
// hook, `Owner` is the class searched for it, and `Found` is the type that was found.
#define PALIMPSEST_STOPS(role, name, expected)                                                     \
    template <class Owner, class Found, bool IsNone = is_none<Found>>                              \
    static constexpr void stop() {                                                                 \
        static_assert(is_as_expected<Owner, Found, !IsNone>,                                       \
                      PALIMPSEST_DIFFERS_IN(role, name, expected, "none"));                        \
        static_assert(                                                                             \
            is_as_expected<Owner, Found, IsNone>,                                                  \
            PALIMPSEST_DIFFERS_IN(role, name, expected, "one that differs, or that is private"));  \
    }

// A contract about a member also finds the member, both with its type and by its name alone.
#define PALIMPSEST_FINDS(role, name, expected)                                                     \
    PALIMPSEST_STOPS(role, name, expected)                                                         \
    template <class Owner>                                                                         \
    static found_type<decltype(&Owner::name)> find(Owner*);                                        \
    PALIMPSEST_LOOKS_FOR(name)

#define PALIMPSEST_LOOKS_FOR(name)                                                                 \
    template <class Class>                                                                         \
    static constexpr bool is_clear_in = requires { &Class::name; };

// The same for a function template, by the type that it has for the argument `some`. A member of
// another kind is ruled out first: g++ 12 fails on the address of an object, and Clang 16 crashes
// on that of an alias template.
#define PALIMPSEST_FINDS_TEMPLATE(role, name, some, expected)                                      \
    PALIMPSEST_STOPS(role, name, expected)                                                         \
    PALIMPSEST_LOOKS_FOR(name)                                                                     \
    template <class Owner>                                                                         \
    static constexpr bool is_other = requires {                                                    \
        typename Owner::template name<some>;                                                       \
    } || requires { requires std::is_object_v<decltype(Owner::name)>; };                           \
    template <class Owner>                                                                         \
    static constexpr auto find(Owner*) {                                                           \
        if constexpr (is_other<Owner>)                                                             \
            return found_type<private_overloaded_or_a_template>{};                                 \
        else if constexpr (requires { &Owner::template name<some>; })                              \
            return found_type<decltype(&Owner::template name<some>)>{};                            \
        else                                                                                       \
            return found_type<private_overloaded_or_a_template>{};                                 \
    }

// The same for a name that no other contract has.
#define PALIMPSEST_EXPECTS(role, name, expected)                                                   \
    struct names {                                                                                 \
        int name;                                                                                  \
    };                                                                                             \
    PALIMPSEST_FINDS(role, name, expected)
#define PALIMPSEST_EXPECTS_TEMPLATE(role, name, some, expected)                                    \
    struct names {                                                                                 \
        int name;                                                                                  \
    };                                                                                             \
    PALIMPSEST_FINDS_TEMPLATE(role, name, some, expected)

// An optional hook is also an error if it exists but is not listed, or is in the wrong class.
#define PALIMPSEST_MAY_BE_LISTED(role, name, expected)                                             \
    template <class Owner, class Found>                                                            \
    static constexpr void stop_unlisted() {                                                        \
        static_assert(is_as_expected<Owner, Found>,                                                \
                      PALIMPSEST_DIFFERS_IN(role, name, expected " in `provided_hooks`",           \
                                            "one that is not listed, and never called"));          \
    }                                                                                              \
    template <class Owner, class Found>                                                            \
    static constexpr void stop_misplaced() {                                                       \
        static_assert(is_as_expected<Owner, Found>,                                                \
                      PALIMPSEST_DIFFERS_IN(role, name, expected,                                  \
                                            "one in another class, where it is never called"));    \
    }

// Names the class that a contract is about.
#define PALIMPSEST_OF(Owner)                                                                       \
    template <class Policy>                                                                        \
    using owner = Owner;

// A constant of the class `Owner`, of exactly that type. The pool cannot use a number of another
// type, or one whose value is not known at compile time.
#define PALIMPSEST_CONSTANT(role, type, name, Owner)                                               \
    struct name {                                                                                  \
        PALIMPSEST_OF(Owner)                                                                       \
        PALIMPSEST_EXPECTS(role, name, "static constexpr " #type " " #name)                        \
        template <class Policy>                                                                    \
        static constexpr bool kept_by = requires {                                                 \
            requires std::same_as<decltype(Owner::name), const type>;                              \
            typename constant<Owner::name>;                                                        \
        };                                                                                         \
    }

// A function of the class `Owner` that has the expected signature according to `compare`. It is not
// enough that it can be called with the same arguments, since they could be converted.
#define PALIMPSEST_COMPARES(role, name, Owner, expected, compare, ...)                             \
    struct name {                                                                                  \
        PALIMPSEST_OF(Owner)                                                                       \
        PALIMPSEST_EXPECTS(role, name, expected)                                                   \
        template <class Policy>                                                                    \
        static constexpr bool kept_by =                                                            \
            requires { requires compare<__VA_ARGS__, decltype(&Owner::name)>; };                   \
    }
#define PALIMPSEST_FUNCTION(role, name, Owner, expected, ...)                                      \
    PALIMPSEST_COMPARES(role, name, Owner, expected, has_signature, __VA_ARGS__)
#define PALIMPSEST_STATIC_FUNCTION(role, name, Owner, expected, ...)                               \
    PALIMPSEST_COMPARES(role, name, Owner, expected, has_static_signature, __VA_ARGS__)

// A static function template of the policy, checked with a type that stands for the pool's own.
#define PALIMPSEST_STATIC_TEMPLATE(role, name, some, expected, call, ...)                          \
    struct name : of_the_policy {                                                                  \
        PALIMPSEST_EXPECTS_TEMPLATE(role, name, some, expected)                                    \
        template <class Policy>                                                                    \
        static constexpr bool kept_by = requires(Policy* policy, some& given) {                    \
            requires has_static_signature<__VA_ARGS__, typename decltype(find(policy))::type>;     \
            Policy::name call;                                                                     \
        };                                                                                         \
    }

// A condition without a signature: that a class exists, or that something can be constructed.
// `Owner` is the class that lacks it.
#define PALIMPSEST_CONDITION(role, contract, name, Owner, condition, expected)                     \
    struct contract {                                                                              \
        PALIMPSEST_OF(Owner)                                                                       \
        PALIMPSEST_STOPS(role, name, expected)                                                     \
        template <class Policy>                                                                    \
        static constexpr bool kept_by = requires { requires condition; };                          \
    }

// The condition that an object of `Owner` can be default-constructed.
#define PALIMPSEST_DEFAULT(role, contract, name, Owner)                                            \
    PALIMPSEST_CONDITION(role, contract, name, Policy, std::default_initializable<Owner>,          \
                         "a default constructor of `" #name "`")

// The list of hooks in the class `Lists`, which may hold those in `Hooks`.
#define PALIMPSEST_HOOK_LIST(role, Lists, Hooks, where)                                            \
    struct provided_hooks {                                                                        \
        PALIMPSEST_OF(Lists)                                                                       \
        PALIMPSEST_EXPECTS(role, provided_hooks,                                                   \
                           "`using provided_hooks = palimpsest::provides<...>;`" where             \
                           ", with those of " #role "/hook.hpp that it has")                       \
        template <class Owner>                                                                     \
        static found_type<typename Owner::provided_hooks> find(Owner*);                            \
        template <class Policy>                                                                    \
        static constexpr bool is_kept_by() {                                                       \
            if constexpr (can_be_base<Lists>)                                                      \
                if constexpr (requires { typename Lists::provided_hooks; })                        \
                    return is_hook_list<typename Lists::provided_hooks, Hooks>;                    \
            return false;                                                                          \
        }                                                                                          \
        template <class Policy>                                                                    \
        static constexpr bool kept_by = is_kept_by<Policy>();                                      \
        template <class Policy>                                                                    \
        static constexpr void explain() {                                                          \
            static_assert(can_be_base<Lists>,                                                      \
                          PALIMPSEST_DIFFERS_IN(role, provided_hooks, "a class that is not final", \
                                                "one that is, and could hide a hook"));            \
            if constexpr (can_be_base<Lists>) stop_at_member<provided_hooks, Lists>();             \
        }                                                                                          \
    }
