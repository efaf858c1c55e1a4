// #include <palimpsest/pool/slot.hpp>
#include <vector>
#include <palimpsest/os/page.hpp>
