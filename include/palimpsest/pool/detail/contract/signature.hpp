// SPDX-License-Identifier: Apache-2.0
// Finds what a member of a policy is by its address, and compares it with the signature that a
// contract expects.
#pragma once

#include <concepts>
#include <type_traits>

namespace palimpsest::detail {

// These stand for a member that was found but has no type to print.
struct no_such_member;
struct private_overloaded_or_a_template;
template <class Result, bool Throws>
struct call_that_gives;

/// Compilers print its arguments when the assertion fails: the policy that differs, and the type
/// that was found.
template <class Policy, class Found, bool Value = false>
inline constexpr bool is_as_expected = Value;
template <class Found>
inline constexpr bool is_none = std::is_same_v<Found, no_such_member>;

template <class Type>
struct found_type {
    using type = Type;
};

/// Takes apart the function type of a static or non-static member.
template <class Function>
struct signature {
    using type = void;
    static constexpr bool is_const = false;
    static constexpr bool is_noexcept = false;
};
template <class Result, class... Parameters>
struct signature<Result(Parameters...)> {
    using type = Result(Parameters...);
    static constexpr bool is_const = false;
    static constexpr bool is_noexcept = false;
};
template <class Result, class... Parameters>
struct signature<Result(Parameters...) noexcept> : signature<Result(Parameters...)> {
    static constexpr bool is_noexcept = true;
};
template <class Result, class... Parameters>
struct signature<Result(Parameters...) const> : signature<Result(Parameters...)> {
    static constexpr bool is_const = true;
};
template <class Result, class... Parameters>
struct signature<Result(Parameters...) const noexcept> : signature<Result(Parameters...)> {
    static constexpr bool is_const = true;
    static constexpr bool is_noexcept = true;
};

/// The type to which a pointer to a member points.
template <class Pointer>
struct pointee;
template <class Member, class Class>
struct pointee<Member Class::*> {
    using type = Member;
};

/// Whether a member may be used where `Expected` is called. It must have the same parameters and
/// result, be noexcept if `Expected` is, and be const or static if `Expected` is const.
template <class Expected, class Pointer>
inline constexpr bool has_signature = false;
template <class Function, class Class>
inline constexpr bool has_signature<Function, Function Class::*> = true;
template <class Expected, class Function, class Class>
inline constexpr bool has_signature<Expected, Function Class::*> =
    std::is_same_v<typename signature<Expected>::type, typename signature<Function>::type> &&
    (signature<Function>::is_const || !signature<Expected>::is_const) &&
    (signature<Function>::is_noexcept || !signature<Expected>::is_noexcept);
template <class Expected, class Function>
inline constexpr bool has_signature<Expected, Function*> =
    std::is_same_v<typename signature<Expected>::type, typename signature<Function>::type> &&
    (signature<Function>::is_noexcept || !signature<Expected>::is_noexcept);

/// The same for a member that is called without an object.
template <class Expected, class Pointer>
inline constexpr bool has_static_signature = false;
template <class Expected, class Function>
inline constexpr bool has_static_signature<Expected, Function*> =
    has_signature<Expected, Function*>;

/// Converts to `Type` and to nothing else, whereas a `Type` itself may convert to other types.
template <class Type>
struct exactly {
    template <std::same_as<Type> Same>
    explicit(false) operator Same() const noexcept;
};

/// Converts to any parameter type.
struct any_argument {
    template <class Type>
    explicit(false) operator Type&() const noexcept;
};

/// A value known at compile time.
template <auto Value>
struct constant {};

}  // namespace palimpsest::detail
