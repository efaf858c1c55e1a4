// expect: palimpsest: this policy for the role 'decision' does not model the concept Decision
// SPDX-License-Identifier: Apache-2.0
#include <palimpsest/inline.hpp>

namespace ps = palimpsest;

ps::inlining::inliner<int> inliner;
