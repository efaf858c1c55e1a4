// SPDX-License-Identifier: Apache-2.0
// The running guest's memory, as its imported functions see it. Every address comes from the guest,
// so every access is checked.
#pragma once

#include <wasm-rt.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include "binding.hpp"

namespace wasm2c {

/// The `size` bytes at `address`; traps unless all are within memory.
inline std::span<std::byte> guest_bytes(const wasm_rt_memory_t& memory, std::uint32_t address,
                                        std::uint32_t size) {
    if (std::uint64_t{address} + size > memory.size) {
        leave_guest(WASM_RT_TRAP_OOB, "an address that the guest gave the host");
    }
    return {reinterpret_cast<std::byte*>(memory.data) + address, size};
}

/// Memory 0 of the instance that this thread is running.
inline const wasm_rt_memory_t& first_memory() {
    const auto& memories = running->shape->memories;
    if (memories.empty()) leave_guest(WASM_RT_TRAP_OOB, "the guest has no memory");
    const auto state = running->functions->state(running->slot);
    return *reinterpret_cast<const wasm_rt_memory_t*>(state.data() + memories.front());
}

template <class Value>
    requires std::is_trivially_copyable_v<Value>
Value read_from_guest(std::uint32_t address) {
    Value value{};
    const auto bytes = guest_bytes(first_memory(), address, sizeof(Value));
    std::memcpy(&value, bytes.data(), sizeof(Value));
    return value;
}

template <class Value>
    requires std::is_trivially_copyable_v<Value>
void write_to_guest(std::uint32_t address, const std::type_identity_t<Value>& value) {
    const auto bytes = guest_bytes(first_memory(), address, sizeof(Value));
    std::memcpy(bytes.data(), &value, sizeof(Value));
}

}  // namespace wasm2c
