// SPDX-License-Identifier: Apache-2.0
// Builtins defined in C++: a name, a signature, and a body that writes the IR. A table of them is a
// Hana tuple.
//
//     constexpr auto table = boost::hana::make_tuple(
//         builtin::define<std::uint64_t(std::uint64_t, std::uint64_t)>(
//             "sum", [](ir::function_builder& to, ir::value left, ir::value right) {
//                 to.return_({to.binary(ir::opcode::iadd, left, right)});
//             }));
//     const linking::module host = builtin::host_module("arithmetic", table);
#pragma once

#include <boost/hana/for_each.hpp>
#include <boost/hana/tuple.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <palimpsest/ir/builder.hpp>
#include <palimpsest/ir/function.hpp>
#include <palimpsest/ir/signature.hpp>
#include <palimpsest/link/module.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace palimpsest::builtin {

/// Stands in a builtin's signature for the address of the calling instance's state: a parameter of
/// type i64 and purpose ir::parameter_purpose::vmctx.
struct vmctx {};

namespace detail {

template <class>
inline constexpr bool always_false = false;

template <class Type>
constexpr ir::parameter parameter_of() {
    if constexpr (std::same_as<Type, vmctx>)
        return {ir::type::i64, ir::parameter_purpose::vmctx, {}};
    else if constexpr (std::same_as<Type, float>)
        return {.type = ir::type::f32};
    else if constexpr (std::same_as<Type, double>)
        return {.type = ir::type::f64};
    else if constexpr (std::integral<Type> && !std::same_as<Type, bool>)
        return {.type = sizeof(Type) == 1   ? ir::type::i8
                        : sizeof(Type) == 2 ? ir::type::i16
                        : sizeof(Type) == 4 ? ir::type::i32
                                            : ir::type::i64};
    else
        static_assert(always_false<Type>,
                      "palimpsest: a builtin takes and gives integers, float, double and vmctx");
    return {};
}

template <class Signature>
struct signature_of;
template <class Result, class... Parameters>
struct signature_of<Result(Parameters...)> {
    static constexpr std::size_t parameter_count = sizeof...(Parameters);

    static ir::signature make() {
        ir::signature made{{parameter_of<Parameters>()...}, {}};
        if constexpr (!std::is_void_v<Result>) made.results.push_back(parameter_of<Result>());
        return made;
    }
    template <class Body>
    static constexpr bool fits = []<std::size_t... Index>(std::index_sequence<Index...>) {
        return std::invocable<const Body&, ir::function_builder&,
                              std::enable_if_t<(Index >= 0), ir::value>...>;
    }(std::make_index_sequence<parameter_count>());
};

}  // namespace detail

/// A builtin defined in C++: its name, its signature, and the body that writes its IR. define()
/// makes it. `Signature` is a C++ function type of integers (by their size), float, double and
/// vmctx, with void for no result. The builtin has the calling convention `fast`.
template <class Signature, class Body>
struct definition {
    static_assert(detail::signature_of<Signature>::template fits<Body>,
                  "palimpsest: the body of a builtin takes an ir::function_builder& and an "
                  "ir::value for each parameter");
    std::string_view name;
    Body body;

    /// The signature in IR types.
    static ir::signature signature() { return detail::signature_of<Signature>::make(); }

    /// Makes the function by running the body. Throws std::invalid_argument if the body writes
    /// malformed IR.
    ir::function build() const {
        ir::function made;
        made.name = name;
        made.signature = signature();
        ir::function_builder to(made);
        const auto entry = to.append_entry();
        to.switch_to(entry);
        [&]<std::size_t... Index>(std::index_sequence<Index...>) {
            body(to, to.parameter(entry, Index)...);
        }(std::make_index_sequence<detail::signature_of<Signature>::parameter_count>());
        return made;
    }
};

/// Defines a builtin. `body` is called with an ir::function_builder& and an ir::value for each
/// parameter. The name is not copied, and must outlive the definition: use a literal.
template <class Signature, class Body>
constexpr definition<Signature, Body> define(std::string_view name, Body body) {
    return {name, std::move(body)};
}

/// Builds all definitions of `table`, a Hana tuple, into a module of kind builtin that exports each
/// by name. Throws std::invalid_argument if a body writes malformed IR.
template <class Table>
linking::module host_module(std::string name, const Table& table) {
    linking::module made{std::move(name), linking::module_kind::builtin};
    boost::hana::for_each(table,
                          [&](const auto& one) { made.code.functions.push_back(one.build()); });
    return made;
}

}  // namespace palimpsest::builtin
