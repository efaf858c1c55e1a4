// SPDX-License-Identifier: Apache-2.0
// What our own guests have in common. Each exports
//
//   reserve(size) -> address                        room for a request
//   handle(address, size) -> size << 32 | address   of the response
//
// wasm2c names the functions after the module, so each guest says which they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "../wasm2c/wasm2c.hpp"

namespace serve {

/// `Functions` names what wasm2c made: as static members init_module, instantiate, initialize (runs
/// constructors), memory, reserve and handle; and the type `instance`.
template <class Functions>
struct reactor {
    struct state {
        typename Functions::instance instance;
    };

    static void instantiate(state& guest) {
        Functions::init_module();
        Functions::instantiate(&guest.instance);
    }

    static void bind(state&) {}  // no part of the state points to another

    static void start(state& guest) { Functions::initialize(&guest.instance); }

    /// The response lies in the guest's memory.
    static std::span<const std::byte> handle(state& guest, std::span<const std::byte> request) {
        const auto size = static_cast<std::uint32_t>(request.size());
        const auto address = Functions::reserve(&guest.instance, size);
        const auto& memory = *Functions::memory(&guest.instance);
        const auto room = wasm2c::guest_bytes(memory, address, size);
        std::memcpy(room.data(), request.data(), request.size());
        const auto answer = Functions::handle(&guest.instance, address, size);
        return wasm2c::guest_bytes(memory, static_cast<std::uint32_t>(answer),
                                   static_cast<std::uint32_t>(answer >> 32U));
    }
};

}  // namespace serve
