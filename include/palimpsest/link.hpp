// SPDX-License-Identifier: Apache-2.0
// Modules, and the program that linking makes from them.
#pragma once

#include <palimpsest/link/link.hpp>
#include <palimpsest/link/link_error.hpp>
#include <palimpsest/link/module.hpp>
#include <palimpsest/link/program.hpp>
#include <palimpsest/link/wasm_type.hpp>
