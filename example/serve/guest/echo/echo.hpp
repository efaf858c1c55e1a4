// SPDX-License-Identifier: Apache-2.0
// The echo guest, as the host sees it: half a KiB to encipher, a page or two of memory.
#pragma once

#include <echo.h>

#include <string_view>

#include "../../exchange.hpp"
#include "../../reactor.hpp"
#include "../../room.hpp"

namespace serve {

make_exchanges make_echo_exchanges;

struct echo_functions {
    using instance = Z_echo_instance_t;
    static constexpr auto init_module = Z_echo_init_module;
    static constexpr auto instantiate = Z_echo_instantiate;
    static constexpr auto initialize = [](instance*) {};
    static constexpr auto memory = Z_echoZ_memory;
    static constexpr auto reserve = Z_echoZ_reserve;
    static constexpr auto handle = Z_echoZ_handle;
};

struct echo : reactor<echo_functions> {
    static constexpr std::string_view name = "echo";
    static constexpr guest_room room{.memory = 64_MiB, .table_elements = 1};
    static constexpr auto exchanges = make_echo_exchanges;
};

}  // namespace serve
