// SPDX-License-Identifier: Apache-2.0
// What happens to a guest that goes wrong, and to its slot.
#pragma once

#include <iosfwd>

#include "options.hpp"

namespace serve {

/// Lets the echo guest read outside its memory and recurse endlessly, over every chosen
/// composition, and serves a request after each. Returns whether everything ended as it should.
bool show_traps(std::ostream& to, const options& wanted);

}  // namespace serve
