// SPDX-License-Identifier: Apache-2.0
// What becomes of a guest that goes wrong, and of the slot it went wrong in.
#pragma once

#include <iosfwd>

#include "options.hpp"

namespace serve {

/// Lets the echo guest read outside of its memory and call without end, over every chosen
/// composition, and serves a request after each. Returns whether all ended as they should.
bool show_traps(std::ostream& to, const options& wanted);

}  // namespace serve
