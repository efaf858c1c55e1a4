// #include <palimpsest/pool/slot.hpp>
#include <palimpsest/os/page.hpp>
#include <vector>
