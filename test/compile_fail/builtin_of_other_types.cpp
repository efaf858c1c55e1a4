// expect: palimpsest: a builtin takes and gives integers, float, double and vmctx
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/builtin.hpp>

namespace ps = palimpsest;

const auto wrong = ps::builtin::define<int(const char*)>(
    "length", [](ps::ir::function_builder& to, ps::ir::value) { to.return_(); });
const auto made = wrong.build();
