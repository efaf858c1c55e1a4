// SPDX-License-Identifier: Apache-2.0
// Everything that needs no optional dependency.
#pragma once

#include <palimpsest/inline.hpp>
#include <palimpsest/pool.hpp>
