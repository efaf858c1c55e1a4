// SPDX-License-Identifier: Apache-2.0
// The json guest, as the host sees it: a document of some 20 KiB to parse, edit and print.
#pragma once

#include <json.h>

#include <string_view>

#include "../../exchange.hpp"
#include "../../reactor.hpp"
#include "../../room.hpp"

namespace serve {

make_exchanges make_json_exchanges;

struct json_functions {
    using instance = Z_json_instance_t;
    static constexpr auto init_module = Z_json_init_module;
    static constexpr auto instantiate = [](instance* guest) { Z_json_instantiate(guest, nullptr); };
    static constexpr auto initialize = Z_jsonZ__initialize;
    static constexpr auto memory = Z_jsonZ_memory;
    static constexpr auto reserve = Z_jsonZ_reserve;
    static constexpr auto handle = Z_jsonZ_handle;
};

struct json : reactor<json_functions> {
    static constexpr std::string_view name = "json";
    static constexpr guest_room room{.memory = 64_MiB, .table_elements = 64};
    static constexpr auto exchanges = make_json_exchanges;
};

}  // namespace serve
