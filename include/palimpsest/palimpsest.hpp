// Everything that needs no optional dependency.
#pragma once

#include <palimpsest/pool.hpp>
