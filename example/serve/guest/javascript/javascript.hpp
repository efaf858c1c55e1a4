// SPDX-License-Identifier: Apache-2.0
// The javascript guest, as the host sees it: QuickJS evaluates a script on the request.
//
// It exists twice: `javascript` starts the engine for each request; `javascript_snapshot` starts it
// once, before the capture, and each request begins with the captured engine.
#pragma once

#include <javascript.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "../../exchange.hpp"
#include "../../room.hpp"
#include "environment.hpp"

namespace serve {

make_exchanges make_javascript_exchanges;

/// QuickJS as Emscripten built it. It imports its memory, which is part of the state.
struct quickjs {
    struct state {
        Z_env_instance_t environment;
        Z_javascript_instance_t engine;
        /// An address in the guest's memory; 0 until the engine has been started.
        std::uint32_t context;
    };

    static void instantiate(state& guest) {
        wasm_rt_allocate_memory(&guest.environment.memory, initial_pages, maximum_pages);
        guest.environment.engine = &guest.engine;
        Z_javascript_init_module();
        Z_javascript_instantiate(&guest.engine, &guest.environment, nullptr);
    }

    static void bind(state& guest) {
        guest.environment.engine = &guest.engine;
        guest.engine.Z_env_instance = &guest.environment;
        guest.engine.Z_envZ_memory = &guest.environment.memory;
    }

    static void start_engine(state& guest) {
        Z_javascriptZ_emscripten_stack_init(&guest.engine);
        Z_javascriptZ___wasm_call_ctors(&guest.engine);
        const auto runtime = Z_javascriptZ_QTS_NewRuntime(&guest.engine);
        guest.context = Z_javascriptZ_QTS_NewContext(&guest.engine, runtime, all_intrinsics);
        if (guest.context == 0) {
            wasm2c::leave_guest(WASM_RT_TRAP_UNREACHABLE, "the engine could not be started");
        }
    }

    /// The script's value as text, in the guest's memory.
    static std::span<const std::byte> evaluate(state& guest, std::span<const std::byte> script);

  private:
    static constexpr std::uint32_t initial_pages = 256;  // both as the module says
    static constexpr std::uint32_t maximum_pages = 32'768;
    static constexpr std::uint32_t all_intrinsics = 0;
};

struct javascript : quickjs {
    static constexpr std::string_view name = "javascript";
    static constexpr guest_room room{.memory = 128_MiB, .table_elements = 600};
    static constexpr auto exchanges = make_javascript_exchanges;

    static void start(state&) {}
    static std::span<const std::byte> handle(state& guest, std::span<const std::byte> request) {
        start_engine(guest);
        return evaluate(guest, request);
    }
};

struct javascript_snapshot : quickjs {
    static constexpr std::string_view name = "javascript --snapshot";
    static constexpr guest_room room = javascript::room;
    static constexpr auto exchanges = make_javascript_exchanges;

    /// Also evaluates a script of the same kind, so that the engine's allocator maps the pools it
    /// needs.
    static void start(state& guest);
    static std::span<const std::byte> handle(state& guest, std::span<const std::byte> request) {
        return evaluate(guest, request);
    }
};

}  // namespace serve
