// SPDX-License-Identifier: Apache-2.0
// The version of the library. CMake reads it from here, too.
#pragma once

/// The version, following semantic versioning; before 1.0 a new minor version may change the
/// interface.
#define PALIMPSEST_VERSION_MAJOR 0
#define PALIMPSEST_VERSION_MINOR 1
#define PALIMPSEST_VERSION_PATCH 0
