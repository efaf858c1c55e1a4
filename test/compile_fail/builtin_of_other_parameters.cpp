// expect: palimpsest: the body of a builtin takes an ir::function_builder& and an ir::value
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/builtin.hpp>

namespace ps = palimpsest;

const auto wrong = ps::builtin::define<int(int, int)>(
    "sum", [](ps::ir::function_builder& to, ps::ir::value one) { to.return_({one}); });
