// SPDX-License-Identifier: Apache-2.0
// The pass that changes nothing: where a pipeline is asked for and none is wanted.
#pragma once

#include <palimpsest/ir/function.hpp>

namespace palimpsest::pass {

struct none {
    constexpr bool operator()(ir::function&) const noexcept { return false; }
};

}  // namespace palimpsest::pass
