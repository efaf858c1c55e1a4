#include <palimpsest/detail/other.hpp>
