// expect: palimpsest: this type is no pass: it must be default-constructible, and take an ir::function& to a bool
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/ir/pass/pipeline.hpp>

namespace pass = palimpsest::pass;

using passes = pass::pipeline<pass::none, int>;
bool run(palimpsest::ir::function& of) { return passes{}(of); }
