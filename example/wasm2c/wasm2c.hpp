// SPDX-License-Identifier: Apache-2.0
// Everything that C code made by wabt's wasm2c (1.0.32) needs to run in the slots of a pool,
// instead of wabt's own wasm-rt-impl.c.
//
//   auto plan = instance::instantiate(slot, pool);        // once: memories, tables, data segments
//   auto image = palimpsest::image::capture(slot);
//   ...
//   instance guest{slot, pool, plan};                     // for each request, in a slot with the
//   image guest.call([&](auto& state) { Z_guestZ_handle(&state.instance, ...); });
//
// Include it in at least one source of the program: it defines the wasm_rt functions that the
// generated code links to. Compile the generated code unchanged, with wasm-rt.h's own defaults; its
// memory must have maximum + guard of at least 8 GiB, since it checks no bounds. Not supported,
// since none of these guests needs them: tables of external references, exceptions, and imported
// tables.
#pragma once

#include "fault_handler.hpp"
#include "function_types.hpp"
#include "guest_memory.hpp"
#include "instance.hpp"
#include "memory.hpp"
#include "slot.hpp"
#include "table.hpp"
#include "trap.hpp"
#include "wasi.hpp"
