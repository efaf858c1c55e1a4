// SPDX-License-Identifier: Apache-2.0
// All parts of the library that need no optional dependency: the pool, the IR and the inliner.
#pragma once

#include <palimpsest/builtin.hpp>
#include <palimpsest/inline.hpp>
#include <palimpsest/ir.hpp>
#include <palimpsest/pool.hpp>
