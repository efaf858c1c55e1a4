// SPDX-License-Identifier: Apache-2.0
// wasm_rt memories over the memories of a slot.
#pragma once

#include <wasm-rt.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "binding.hpp"

namespace wasm2c {

/// Bytes from the start of the running instance's state to `part` of it.
inline std::size_t offset_in_state(const void* part) {
    const auto state = running->functions->state(running->slot);
    const auto* const at = static_cast<const std::byte*>(part);
    if (at < state.data() || at >= state.data() + state.size()) {
        leave_guest(WASM_RT_TRAP_OOB, "a memory or table is described outside of the slot's state");
    }
    return static_cast<std::size_t>(at - state.data());
}

/// WebAssembly pages in `bytes`; 4 GiB are one page too many, since wasm_rt counts bytes in 32
/// bits.
inline std::uint32_t whole_pages(std::size_t bytes) noexcept {
    return static_cast<std::uint32_t>(std::min<std::size_t>(bytes / page_bytes, 65'535));
}

inline void set_size(wasm_rt_memory_t& memory, std::uint32_t pages) noexcept {
    memory.pages = pages;
    memory.size = static_cast<std::uint32_t>(pages * page_bytes);
}

}  // namespace wasm2c

extern "C" {

[[gnu::used]] inline void wasm_rt_allocate_memory(wasm_rt_memory_t* memory,
                                                  std::uint32_t initial_pages,
                                                  std::uint32_t max_pages) {
    auto& binding = *wasm2c::running;
    auto& memories = binding.being_recorded->memories;
    const auto number = memories.size();
    memories.push_back(wasm2c::offset_in_state(memory));
    const auto room = wasm2c::whole_pages(binding.functions->maximum(binding.slot, number));
    const auto bytes = initial_pages * wasm2c::page_bytes;
    if (initial_pages > room || !binding.functions->grow(binding.slot, number, bytes)) {
        wasm2c::leave_guest(WASM_RT_TRAP_OOB,
                            "the slot's memory is smaller than what the module starts with; raise "
                            "memory.maximum in the pool's limits");
    }
    memory->data = reinterpret_cast<std::uint8_t*>(binding.functions->memory(binding.slot, number));
    memory->max_pages = std::min(max_pages, room);
    wasm2c::set_size(*memory, initial_pages);
}

[[gnu::used]] inline std::uint32_t wasm_rt_grow_memory(wasm_rt_memory_t* memory,
                                                       std::uint32_t pages) {
    const auto before = memory->pages;
    if (pages == 0) return before;
    if (pages > memory->max_pages - before) return UINT32_MAX;
    auto& binding = *wasm2c::running;
    const auto& memories = binding.shape->memories;
    const auto offset = wasm2c::offset_in_state(memory);
    const auto found = std::find(memories.begin(), memories.end(), offset);
    const auto number = static_cast<std::size_t>(found - memories.begin());
    const auto bytes = pages * wasm2c::page_bytes;
    if (found == memories.end() || !binding.functions->grow(binding.slot, number, bytes)) {
        return UINT32_MAX;
    }
    wasm2c::set_size(*memory, before + pages);
    return before;
}

/// The slot frees the memory.
[[gnu::used]] inline void wasm_rt_free_memory(wasm_rt_memory_t*) {}
}
