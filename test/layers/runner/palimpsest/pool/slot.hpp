#include <palimpsest/detail/small.hpp>
#include <palimpsest/os/page.hpp>
#include <palimpsest/pool/image.hpp>
#include <palimpsest/units.hpp>
#include <palimpsest/pool.hpp>
