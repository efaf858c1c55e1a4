// SPDX-License-Identifier: Apache-2.0
// Builtins: host functions given as IR, in text or defined in C++, and the intrinsics through which
// they reach the host.
#pragma once

#include <palimpsest/builtin/definition.hpp>
#include <palimpsest/builtin/intrinsics.hpp>
#include <palimpsest/builtin/link.hpp>
#include <palimpsest/link.hpp>
