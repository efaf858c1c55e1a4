// SPDX-License-Identifier: Apache-2.0
// The interface of a pass.
#pragma once

#include <concepts>
#include <palimpsest/ir/function.hpp>

namespace palimpsest::pass {

/// A pass over a function: a default-constructible type that is called with the function. It takes
/// a well-formed function (ir::verify) and leaves a well-formed one that returns the same results,
/// traps for the same reasons, and does the same to memory. It returns true if it changed
/// something.
template <class Type>
concept Pass = std::default_initializable<Type> && requires(const Type pass, ir::function& of) {
    { pass(of) } -> std::same_as<bool>;
};

}  // namespace palimpsest::pass
