// SPDX-License-Identifier: Apache-2.0
// A type that a template does not know until it is instantiated, so that compilers do not examine
// earlier what the template does with it. The standard containers are constexpr, and Clang
// therefore compiles what a template does with them even if the template is never used.
#pragma once

namespace palimpsest::detail {

template <class Type, class>
struct dependent_type {
    using type = Type;
};
/// `Type`, but dependent on `Parameter`, which is any parameter of the template that uses it.
template <class Type, class Parameter>
using dependent = typename dependent_type<Type, Parameter>::type;

}  // namespace palimpsest::detail
