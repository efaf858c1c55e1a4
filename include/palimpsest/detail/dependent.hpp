// SPDX-License-Identifier: Apache-2.0
// A type that a template does not know before it is used, so that compilers do not look before then
// at what the template does with it. The standard's containers are constexpr, and Clang therefore
// compiles what a template does with them even when nobody uses the template.
#pragma once

namespace palimpsest::detail {

template <class Type, class>
struct dependent_type {
    using type = Type;
};
/// Is `Type`, but depends on `Parameter`, which is any parameter of the template that uses it.
template <class Type, class Parameter>
using dependent = typename dependent_type<Type, Parameter>::type;

}  // namespace palimpsest::detail
