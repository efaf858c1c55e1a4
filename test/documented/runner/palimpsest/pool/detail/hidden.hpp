// A header in a folder `detail`, of which nothing is to be named.
#pragma once

namespace palimpsest::pool {

struct hidden {};

}  // namespace palimpsest::pool
