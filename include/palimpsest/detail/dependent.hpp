// SPDX-License-Identifier: Apache-2.0
// A type that a template does not know before it is used, so that compilers put off what it does
// with the type until then. The standard's containers are constexpr, for which Clang compiles what
// templates do with them even when nobody uses the template.
#pragma once

namespace palimpsest::detail {

template <class Type, class>
struct dependent_type {
    using type = Type;
};
/// `Type`; `Parameter` is one of the template's.
template <class Type, class Parameter>
using dependent = typename dependent_type<Type, Parameter>::type;

}  // namespace palimpsest::detail
