// expect: palimpsest: this type is no pass
#include <palimpsest/inline.hpp>

namespace ps = palimpsest;

ps::pass::pipeline<ps::pass::dead_code, int> passes;
