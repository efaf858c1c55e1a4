// SPDX-License-Identifier: Apache-2.0
// What the glue requires of the place where an instance lives. A slot of an instance_pool models
// it, and so does any class of the embedder with the same few functions.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>

namespace wasm2c {

template <class Type>
concept Slot = requires(Type slot, std::size_t number) {
    { slot.index() } -> std::convertible_to<std::size_t>;
    { slot.state().bytes() } -> std::convertible_to<std::span<std::byte>>;
    { slot.table(number).bytes() } -> std::convertible_to<std::span<std::byte>>;
    { slot.memory(number).bytes() } -> std::convertible_to<std::span<std::byte>>;
    { slot.memory(number).maximum() } -> std::convertible_to<std::size_t>;
    { slot.memory(number).grow(number) } -> std::convertible_to<std::optional<std::size_t>>;
};

/// Says which slot an address belongs to. Asked from a signal handler, so it must be
/// async-signal-safe.
template <class Type>
concept Locator = requires(const Type locator, const void* address) {
    { locator.locate(address)->slot } -> std::convertible_to<std::size_t>;
    locator.locate(address)->kind;
};

}  // namespace wasm2c
