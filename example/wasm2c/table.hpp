// SPDX-License-Identifier: Apache-2.0
// wasm_rt function tables over the tables of a slot. A fresh slot holds zeros, which wasm_rt reads
// as null references.
#pragma once

#include <wasm-rt.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "binding.hpp"
#include "memory.hpp"

namespace wasm2c {

inline std::span<wasm_rt_funcref_t> elements_of(const wasm_rt_funcref_table_t& table) noexcept {
    return {table.data, table.size};
}

}  // namespace wasm2c

extern "C" {

[[gnu::used]] inline void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t* table,
                                                         std::uint32_t elements,
                                                         std::uint32_t max_elements) {
    auto& binding = *wasm2c::running;
    auto& tables = binding.being_recorded->tables;
    const auto bytes = binding.functions->table(binding.slot, tables.size());
    tables.push_back(wasm2c::offset_in_state(table));
    const auto room = bytes.size() / sizeof(wasm_rt_funcref_t);
    if (elements > room) {
        wasm2c::leave_guest(WASM_RT_TRAP_OOB,
                            "the slot's table is smaller than what the module starts with; raise "
                            "table_elements in the pool's limits");
    }
    table->data = reinterpret_cast<wasm_rt_funcref_t*>(bytes.data());
    table->size = elements;
    table->max_size = static_cast<std::uint32_t>(std::min<std::size_t>(max_elements, room));
}

[[gnu::used]] inline std::uint32_t wasm_rt_grow_funcref_table(wasm_rt_funcref_table_t* table,
                                                              std::uint32_t delta,
                                                              wasm_rt_funcref_t init) {
    const auto before = table->size;
    if (delta > table->max_size - before) return UINT32_MAX;
    table->size = before + delta;
    std::ranges::fill(wasm2c::elements_of(*table).subspan(before), init);
    return before;
}

/// The slot frees the table.
[[gnu::used]] inline void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t*) {}
}
