// SPDX-License-Identifier: Apache-2.0
// expect: palimpsest: this policy for the role 'decision' does not model the concept Decision
#include <palimpsest/inline.hpp>

namespace ps = palimpsest;

ps::inlining::inliner<int> inliner;
