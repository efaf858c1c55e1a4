// SPDX-License-Identifier: Apache-2.0
// Serves requests to one guest, each in a freshly acquired slot, over one composition.
#pragma once

#include <cstddef>
#include <cstring>
#include <palimpsest/pool/image.hpp>
#include <palimpsest/pool/limits.hpp>
#include <span>
#include <stdexcept>
#include <utility>

#include "../wasm2c/wasm2c.hpp"
#include "exchange.hpp"
#include "room.hpp"

namespace serve {

namespace ps = palimpsest;

/// What a guest requires of its slots. The guard covers the rest of the 8 GiB that a 32-bit address
/// with a 32-bit offset can reach.
template <class Guest>
ps::pool_limits limits_for(std::size_t slots) {
    constexpr guest_room room = Guest::room;
    return {.slots = slots,
            .memories = 1,
            .memory = {.maximum = room.memory, .guard = 8_GiB},
            .tables = 1,
            .table_elements = room.table_elements,
            .table_element_bytes = sizeof(wasm_rt_funcref_t),
            .state = sizeof(typename Guest::state)};
}

template <class Composition, class Guest>
class server {
    using slot_type = typename Composition::slot;
    using instance = wasm2c::instance<Guest, slot_type, Composition>;

  public:
    explicit server(std::size_t slots)
        : composition_(limits_for<Guest>(slots)), image_(make_image(plan_)) {}

    /// Throws std::runtime_error if the response is wrong, and wasm2c::trapped if the guest traps.
    /// Many threads may serve at the same time.
    void serve(const exchange& wanted) {
        bool right = false;
        in_fresh_instance([&](typename Guest::state& guest) {
            const auto response = Guest::handle(guest, wanted.request);
            right = equal(response, wanted.response);
        });
        if (!right) throw std::runtime_error("a response is not the one its request asks for");
    }

    /// Runs `function(state)` as one request.
    template <class Function>
    void in_fresh_instance(Function&& function) {
        auto slot = acquire(composition_, image_);
        instance guest(slot, composition_, plan_);
        guest.call(function);
    }

  private:
    static slot_type acquire(Composition& composition, const ps::image& image) {
        auto slot = composition.acquire(image);
        if (!slot) throw std::runtime_error("no slot is free; ask for more with --slots");
        return std::move(*slot);
    }

    /// Instantiates and starts the guest once, and captures it, in a separate place: the slot used
    /// for this suits requests less well than the others.
    static ps::image make_image(wasm2c::blueprint& plan) {
        Composition nursery(limits_for<Guest>(1));
        auto slot = acquire(nursery, ps::image::zeroed(0));
        plan = instance::instantiate(slot, nursery);
        instance first(slot, nursery, plan);
        first.call([](typename Guest::state& guest) { Guest::start(guest); });
        first.leave_out_empty_tables(plan);
        return ps::image::capture(slot);
    }

    static bool equal(std::span<const std::byte> one, std::span<const std::byte> other) noexcept {
        return one.size() == other.size() && std::memcmp(one.data(), other.data(), one.size()) == 0;
    }

    Composition composition_;
    wasm2c::blueprint plan_;
    ps::image image_;
};

}  // namespace serve
