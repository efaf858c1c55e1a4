// SPDX-License-Identifier: Apache-2.0
// The thumbnail guest, as the host sees it: alternating JPEG and PNG pictures to decode and scale
// down.
#pragma once

#include <thumbnail.h>

#include <string_view>

#include "../../exchange.hpp"
#include "../../reactor.hpp"
#include "../../room.hpp"

namespace serve {

make_exchanges make_thumbnail_exchanges;

struct thumbnail_functions {
    using instance = Z_thumbnail_instance_t;
    static constexpr auto init_module = Z_thumbnail_init_module;
    static constexpr auto instantiate = [](instance* guest) {
        Z_thumbnail_instantiate(guest, nullptr);
    };
    static constexpr auto initialize = Z_thumbnailZ__initialize;
    static constexpr auto memory = Z_thumbnailZ_memory;
    static constexpr auto reserve = Z_thumbnailZ_reserve;
    static constexpr auto handle = Z_thumbnailZ_handle;
};

struct thumbnail : reactor<thumbnail_functions> {
    static constexpr std::string_view name = "thumbnail";
    static constexpr guest_room room{.memory = 64_MiB, .table_elements = 32};
    static constexpr auto exchanges = make_thumbnail_exchanges;
};

}  // namespace serve
