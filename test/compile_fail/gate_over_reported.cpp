// expect: palimpsest: fault_gate needs a scanner that finds every resident page
// expect: reported
#include <palimpsest/pool.hpp>

namespace ps = palimpsest;

using pool = ps::instance_pool<ps::dirty::fault_gate<ps::dirty::reported>>;

void use(pool& of, const ps::image& image) { (void)of.acquire(image); }
