// SPDX-License-Identifier: Apache-2.0
// What a pass is.
#pragma once

#include <concepts>
#include <palimpsest/ir/function.hpp>

namespace palimpsest::pass {

/// Takes a well-formed function (ir::verify) and leaves a well-formed one, which gives the same
/// results, traps for the same reasons, and does the same to memory. True when it changed
/// something.
template <class Type>
concept Pass = std::default_initializable<Type> && requires(const Type pass, ir::function& of) {
    { pass(of) } -> std::same_as<bool>;
};

}  // namespace palimpsest::pass
